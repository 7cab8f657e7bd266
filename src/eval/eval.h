/* Eval: how good the landmarks and the shots are, measured on labelled pictures.
 *
 *     truth + folder -> pc_eval_open -> per picture: pipeline (plan only) -> pc_eval_measure
 *     -> pc_eval_metrics_compute -> table, JSON, difference to an earlier JSON; worst pictures drawn as HTML
 *
 * What each figure means: docs/eval.md.
 *
 * Ownership: open fills, close empties. The recipes outlive it.
 * Threads: pc_eval_measure and pc_eval_set_error from any thread, each index once; the rest from one.
 */
#ifndef PC_EVAL_EVAL_H
#define PC_EVAL_EVAL_H

#include "eval/score.h"
#include "service/pipeline.h"

enum pc_eval_status {
    PC_EVAL_PENDING, /* not looked at: the run was stopped */
    PC_EVAL_MEASURED,
    PC_EVAL_MISSING, /* the truth names it, the folder lacks it */
    PC_EVAL_FAILED   /* no picture, or not the one that was labelled */
};

struct pc_eval_person { /* one labelled person that is measured */
    int truth;          /* index into the labelled people */
    int found;          /* index into the found people; -1: missed, then the rest is 0 */
    double oks, iou;
    int n_labelled, n_right; /* points; right by PCK@0.2 */
};

struct pc_eval_image {
    char *path;
    const char *name;                    /* borrows from path: what stands in reports */
    struct pc_ground_truth_image *truth; /* NULL: of the folder of pictures without people */
    enum pc_eval_status status;
    struct pc_err err; /* why it failed */
    struct pc_image_info info;
    struct pc_people people;
    int person;     /* index of the one that the shots show; -1: nobody */
    bool body_shot; /* some shot shows a body */
    int n_persons;
    struct pc_eval_person *persons;
    int n_shots;
    struct pc_eval_shot *shots;
};

struct pc_eval {
    const struct pc_recipe_set *recipes; /* borrows */
    double person_sure, person_maybe;    /* thresholds, as in the settings */
    struct pc_ground_truth truth;
    int n;
    struct pc_eval_image *images; /* the truth's, then those without people */
};

/* Reads the truth file; images lie in dir. bad_truth, file_unreadable, file_too_large. */
PC_NODISCARD enum pc_code pc_eval_open(struct pc_eval *eval, const char *truth_file,
                                       const char *dir, struct pc_err *err);
/* One more picture, without people. */
void pc_eval_add_empty(struct pc_eval *eval, const char *path);
void pc_eval_close(struct pc_eval *eval);

/* Measures what the pipeline made of picture i. */
void pc_eval_measure(struct pc_eval *eval, int i, const struct pc_pipeline_result *result);
/* Picture i could not be had: why. A file that is not there is missing, all else failed. */
void pc_eval_set_error(struct pc_eval *eval, int i, const struct pc_err *why);

/* How bad a measured picture is, for the order in reports: 0 when all is right. */
double pc_eval_badness(const struct pc_eval_image *p);
int pc_eval_count(const struct pc_eval *eval, enum pc_eval_status status);

#endif
