/* Figures of one process for Prometheus: counters that threads add to without a lock.
 * Threads: all functions are safe. */
#ifndef PC_SERVICE_METRICS_H
#define PC_SERVICE_METRICS_H

#include <stdatomic.h>

#include "base/buf.h"
#include "service/pipeline.h"

enum pc_counter {
    PC_COUNT_SUBMITTED,
    PC_COUNT_KNOWN, /* submitted again */
    PC_COUNT_PROCESSED,
    PC_COUNT_FAILED,
    PC_COUNT_RETRIED, /* tries that failed and are repeated */
    PC_COUNTERS
};
enum { PC_SHOT_STATES = PC_SHOT_REVIEW + 1, PC_STAGES = 4 };

struct pc_metrics { /* zeroed is ready */
    atomic_llong counters[PC_COUNTERS];
    atomic_llong shots[PC_SHOT_STATES];
    atomic_llong stage_us[PC_STAGES]; /* decode, pose, cut, total */
    atomic_llong runs;
};

void pc_metrics_add(struct pc_metrics *m, enum pc_counter which, long long n);
void pc_metrics_made(struct pc_metrics *m, const struct pc_made *made);
void pc_metrics_print(struct pc_metrics *m, struct pc_buf *out);

#endif
