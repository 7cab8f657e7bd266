/* Figures: the results of a run as one flat list of named numbers, for table, JSON and comparison.
 * Names are stable: an earlier run's file is compared by them.
 * Ownership: pc_figures_of gives what pc_figures_finish frees. Threads: pure.
 */
#ifndef PC_EVAL_FIGURES_H
#define PC_EVAL_FIGURES_H

#include <jansson.h>

#include "base/buf.h"
#include "eval/eval.h"

enum pc_figure_kind {
    PC_FIGURE_SCORE /* 0..1 */,
    PC_FIGURE_SHARE /* shown in % */,
    PC_FIGURE_COUNT
};

enum { PC_FIGURE_NAME_BYTES = 72 };

struct pc_figure {
    char name[PC_FIGURE_NAME_BYTES]; /* "landmarks.oks", "shots.neck.hit" */
    enum pc_figure_kind kind;
    double value; /* NAN: there was nothing to measure it by */
    int of;       /* how many were measured */
    int better;   /* 1: more is better, -1: less is, 0: neither */
    double bar;   /* what good is; NAN: none is set */
};

struct pc_figures {
    int n;
    struct pc_figure *f;
};

/* Gives into *out. */
void pc_figures_of(const struct pc_eval *eval, struct pc_figures *out);
void pc_figures_finish(struct pc_figures *figures);
/* Borrows; NULL when there is none of that name. */
const struct pc_figure *pc_figures_find(const struct pc_figures *figures, const char *name);

/* Tables for people, appended to out. */
void pc_figures_table(const struct pc_figures *figures, const struct pc_eval *eval,
                      struct pc_buf *out);
void pc_figures_difference(const struct pc_figures *before, const struct pc_figures *now,
                           struct pc_buf *out);

/* The run as JSON with sorted keys: {"figures": {name: {"of", "value"}}, "pictures": [...], ...}.
 * Appends to out. model: pc_pose_model_id. */
void pc_results_json(const struct pc_eval *eval, const struct pc_figures *figures,
                     const char *model, struct pc_buf *out);
/* The figures of such a file: names, values and of. bad_truth, file_unreadable. Gives into *out. */
PC_NODISCARD enum pc_code pc_results_read(const char *file, struct pc_figures *out,
                                          struct pc_err *err);

#endif
