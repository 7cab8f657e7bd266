/* The metrics of a run as one flat list of named numbers, for tables, JSON and comparison.
 *
 * Names are stable, because the file of an earlier run is compared by them.
 *
 * Ownership: pc_eval_metrics_compute and pc_eval_results_read give a list that
 * pc_eval_metrics_finish frees. Threads: pure.
 */
#ifndef PC_EVAL_METRICS_H
#define PC_EVAL_METRICS_H

#include <jansson.h>

#include "base/buf.h"
#include "eval/eval.h"

enum pc_eval_metric_kind {
    PC_EVAL_METRIC_SCORE, /* 0 to 1 */
    PC_EVAL_METRIC_SHARE, /* 0 to 1, shown in % */
    PC_EVAL_METRIC_COUNT
};

enum { PC_EVAL_METRIC_NAME_BYTES = 72 };

struct pc_eval_metric {
    char name[PC_EVAL_METRIC_NAME_BYTES]; /* "landmarks.oks", "shots.neck.hit" */
    enum pc_eval_metric_kind kind;
    double value;  /* NAN: nothing was measured */
    int of;        /* how many were measured */
    int better;    /* 1: more is better, -1: less is better, 0: neither */
    double target; /* what is good; NAN: no target */
};

struct pc_eval_metrics {
    int n;
    struct pc_eval_metric *f;
};

/* Gives into *out. */
void pc_eval_metrics_compute(const struct pc_eval *eval, struct pc_eval_metrics *out);
void pc_eval_metrics_finish(struct pc_eval_metrics *metrics);
/* Borrows; NULL if there is none of that name. */
const struct pc_eval_metric *pc_eval_metrics_find(const struct pc_eval_metrics *metrics,
                                                  const char *name);

/* Both append tables for people to out. */
void pc_eval_metrics_table(const struct pc_eval_metrics *metrics, const struct pc_eval *eval,
                           struct pc_buf *out);
void pc_eval_metrics_diff(const struct pc_eval_metrics *before, const struct pc_eval_metrics *now,
                          struct pc_buf *out);

/* Appends the run as JSON with sorted keys:
 *
 *     {"figures": {NAME: {"of", "value"}}, "pictures": [...], ...}
 *
 * model: from pc_pose_model_id. */
void pc_eval_results_json(const struct pc_eval *eval, const struct pc_eval_metrics *metrics,
                          const char *model, struct pc_buf *out);
/* Reads the metrics of such a file: names, values and of. Fails with bad_truth or
 * file_unreadable. Gives into *out. */
PC_NODISCARD enum pc_code pc_eval_results_read(const char *file, struct pc_eval_metrics *out,
                                               struct pc_err *err);

#endif
