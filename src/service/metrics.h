/* Figures of one process for Prometheus: counters that threads add to without a lock.
 * Threads: all functions are safe. */
#ifndef PC_SERVICE_METRICS_H
#define PC_SERVICE_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"
#include "service/pipeline.h"

enum pc_metrics_counter {
    PC_METRICS_SUBMITTED,
    PC_METRICS_EXISTING, /* submitted again */
    PC_METRICS_PROCESSED,
    PC_METRICS_FAILED,
    PC_METRICS_RETRIED, /* tries that failed and are repeated */
    PC_METRICS_COUNTERS
};
enum { PC_METRICS_SHOT_STATES = PC_SHOT_REVIEW + 1, PC_METRICS_STAGES = 4 };

struct pc_metrics { /* zeroed is ready */
    atomic_llong counters[PC_METRICS_COUNTERS];
    atomic_llong shots[PC_METRICS_SHOT_STATES];
    atomic_llong stage_us[PC_METRICS_STAGES]; /* decode, pose, cut, total */
    atomic_llong runs;
};

void pc_metrics_add(struct pc_metrics *m, enum pc_metrics_counter which, long long n);
void pc_metrics_add_result(struct pc_metrics *m, const struct pc_pipeline_result *result);
void pc_metrics_print(struct pc_metrics *m, struct pc_buf *out);

#endif
