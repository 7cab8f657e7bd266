/* Evaluation: measures the quality of landmarks and shots on labelled images.
 *
 *     pc_eval_open          reads the labels
 *     pipeline (plan only)  for each image
 *     pc_eval_measure       compares its result with the labels
 *     pc_eval_metrics_*     computes the metrics: tables, JSON, difference to an earlier run
 *     pc_eval_report        HTML with the worst images drawn
 *
 * docs/eval.md defines every metric.
 *
 * Ownership: open fills, close empties. The recipes must outlive it.
 * Threads: pc_eval_measure and pc_eval_set_error from any thread, once for each index; the others
 * from one thread.
 */
#ifndef PC_EVAL_EVAL_H
#define PC_EVAL_EVAL_H

#include "eval/score.h"
#include "service/pipeline.h"

enum pc_eval_status {
    PC_EVAL_PENDING, /* not processed: the run was stopped */
    PC_EVAL_MEASURED,
    PC_EVAL_MISSING, /* the labels name it, but the folder does not have it */
    PC_EVAL_FAILED   /* no image, or not the one that was labelled */
};

/* One labelled person that is measured. */
struct pc_eval_person {
    int truth;       /* index of the labelled person */
    int found;       /* index of the found person; -1: missed, and the rest is 0 */
    double oks, iou; /* iou: of the two boxes */
    int n_labelled;  /* labelled keypoints */
    int n_right;     /* of these, right by PCK@0.2 */
};

struct pc_eval_image {
    char *path;
    const char *name;                    /* for reports; borrows from path */
    struct pc_ground_truth_image *truth; /* borrows; NULL: one of the images without people */
    enum pc_eval_status status;
    struct pc_err err; /* why it is missing or failed */
    struct pc_image_info info;
    struct pc_people people;
    int person;     /* index of the person that the shots show; -1: nobody */
    bool body_shot; /* some shot shows a body */
    int n_persons;
    struct pc_eval_person *persons;
    int n_shots;
    struct pc_eval_shot *shots;
};

struct pc_eval {
    const struct pc_recipe_set *recipes; /* borrows */
    double person_sure, person_maybe;    /* thresholds of the settings */
    struct pc_ground_truth truth;
    int n;
    struct pc_eval_image *images; /* those of the ground truth, then those without people */
};

/* Reads the labels; the images are in dir. Fails with bad_truth, file_unreadable or
 * file_too_large. Fills a zeroed eval. */
PC_NODISCARD enum pc_code pc_eval_open(struct pc_eval *eval, const char *truth_file,
                                       const char *dir, struct pc_err *err);
/* Adds an image without people. */
void pc_eval_add_empty(struct pc_eval *eval, const char *path);
void pc_eval_close(struct pc_eval *eval);

/* Compares what the pipeline found in image i with its labels. */
void pc_eval_measure(struct pc_eval *eval, int i, const struct pc_pipeline_result *result);
/* Image i could not be processed, and why. It counts as missing if its file does not exist, else as
 * failed. */
void pc_eval_set_error(struct pc_eval *eval, int i, const struct pc_err *why);

/* Orders images in reports; 0: everything is right, more is worse. */
double pc_eval_badness(const struct pc_eval_image *p);
/* The number of images with this status. */
int pc_eval_count(const struct pc_eval *eval, enum pc_eval_status status);

#endif
