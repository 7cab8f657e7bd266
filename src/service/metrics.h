/* Counters of one process, printed in the format of Prometheus.
 * Threads: safe, without a lock. */
#ifndef PC_SERVICE_METRICS_H
#define PC_SERVICE_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"
#include "service/pipeline.h"

enum pc_metrics_counter {
    PC_METRICS_SUBMITTED,
    PC_METRICS_EXISTING, /* submitted although it exists */
    PC_METRICS_PROCESSED,
    PC_METRICS_FAILED,
    PC_METRICS_RETRIED, /* failed attempts that are followed by another */
    PC_METRICS_COUNTERS
};
enum { PC_METRICS_SHOT_STATES = PC_SHOT_REVIEW + 1, PC_METRICS_STAGES = 4 };

struct pc_metrics { /* zeroed is valid */
    atomic_llong counters[PC_METRICS_COUNTERS];
    atomic_llong shots[PC_METRICS_SHOT_STATES];
    atomic_llong stage_us[PC_METRICS_STAGES]; /* decode, pose, cut, total */
    atomic_llong runs;
};

void pc_metrics_add(struct pc_metrics *m, enum pc_metrics_counter which, long long n);
/* Adds the shots, by state, and the times of a finished run. */
void pc_metrics_add_result(struct pc_metrics *m, const struct pc_pipeline_result *result);
/* Appends the counters to out. */
void pc_metrics_print(struct pc_metrics *m, struct pc_buf *out);

#endif
