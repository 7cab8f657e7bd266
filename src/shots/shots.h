/* Shots: recipes, people and the size of an image in; boxes, states and reasons out. Pure: no files,
 * no pixels, no clock; the same input gives the same plan on every machine.
 *
 * A recipe (recipe_spec.h) says what a labelled view must hold, what it must not, and how it is
 * framed. The planner finds the box. docs/shots.md says what shots are, docs/eval.md how good
 * they must be. The work, in its order (each a file of this folder):
 *
 *     body_builder  a detected person becomes a body: all keypoints, lengths to measure by
 *     visibility    what of the recipe's keypoints is in the image: ok, partial, absent, review
 *     constraints   margins, cut lines, avoided keypoints and edges of the image, as intervals
 *     solver        the best box within them
 *     framing       overflow, whole pixels, size of the file
 *     overrides     a box that a person set takes the place of the planned one
 *     plan          all of this for every recipe
 *
 * Ownership: a plan borrows its recipes; keep them alive while it is used.
 * Threads: all functions are pure.
 */
#ifndef PC_SHOTS_SHOTS_H
#define PC_SHOTS_SHOTS_H

#include <stdbool.h>

#include "base/geometry.h"
#include "shots/recipe_spec.h"

enum pc_shot_state {
    PC_SHOT_OK,
    PC_SHOT_PARTIAL, /* some of what it should hold is outside the image */
    PC_SHOT_ABSENT,  /* not in this image; there is no file */
    PC_SHOT_REVIEW   /* there is a file, but a person should look at it */
};
const char *pc_shot_state_name(enum pc_shot_state s);

/* Why a shot is not plainly ok. Stable names (pc_reason_name): no_person, uncertain_person, ... */
enum pc_reason {
#define PC_REASON(id, name, text) PC_REASON_##id,
#include "shots/reasons.def"
#undef PC_REASON
    PC_REASON_COUNT
};
const char *pc_reason_name(enum pc_reason r);
const char *pc_reason_text(enum pc_reason r); /* a sentence for people */

enum pc_facing { PC_FACING_UNKNOWN, PC_FACING_FRONT, PC_FACING_BACK, PC_FACING_SIDE };
const char *pc_facing_name(enum pc_facing f);
enum pc_facing pc_body_facing(const struct pc_person *person);

/* Which arm a sleeve shot shows. */
enum pc_arm { PC_ARM_ANY, PC_ARM_LEFT, PC_ARM_RIGHT };

/* What the pixels tell about an image without a person. */
struct pc_object {
    struct pc_ibox trimmed;  /* the thing on its plain background */
    struct pc_ibox interest; /* the most interesting region, of pc_shots_interest_size */
};

enum { PC_MAX_SHOTS = 64, PC_MAX_REASONS = 8, PC_SHOT_LABEL_BYTES = 56 };

/* Who set a box: the recipe, a person on this image, or a person on a whole batch. */
enum pc_origin { PC_ORIGIN_RECIPE, PC_ORIGIN_HAND, PC_ORIGIN_BATCH };
const char *pc_origin_name(enum pc_origin origin); /* "recipe", "hand", "batch" */

/* A box that a person set; it takes the place of the planned one, also of a shot that is absent. */
struct pc_manual_box {
    char label[PC_SHOT_LABEL_BYTES]; /* of the shot */
    struct pc_ibox box;              /* ignored unless it lies within the image */
    enum pc_origin origin;
};

struct pc_scene {
    int width, height; /* of the upright image */
    const struct pc_people *people;
    /* Thresholds on pc_person.score, usually .40 and .25: who surely is a person, and who may be. */
    double person_sure, person_maybe;
    int person;                     /* index chosen by a user, or -1: the recipe's rule chooses */
    enum pc_arm arm;                /* PC_ARM_ANY: the one that is seen better */
    const struct pc_object *object; /* NULL when not known; needed when pc_shots_subject says -1 */
    const struct pc_manual_box *manual_boxes; /* set by people */
    int n_manual_boxes;
};

struct pc_shot {
    const struct pc_recipe *recipe; /* output format and quality: read there; label: below */
    int person;                     /* index into people; -1: of the object */
    int copy; /* 0; 1, 2, ... for the further people of a recipe that wants each */
    enum pc_shot_state state;
    int n_reasons;
    enum pc_reason reasons[PC_MAX_REASONS];
    double score; /* 0..1: how sure the keypoints are that the box rests on; 1 when by a person */
    enum pc_origin origin;
    struct pc_ibox box; /* in the upright image; leaves it only where the recipe extends */
    int width, height;  /* of the file to write */
};

/* The recipe's label; "length-2" for the second person of a recipe that wants each. Fills out. */
void pc_shot_label(const struct pc_shot *shot, char out[PC_SHOT_LABEL_BYTES]);

struct pc_plan {
    int person;            /* index into people of the main person; -1: nobody */
    enum pc_facing facing; /* of that person */
    enum pc_arm arm;       /* that the sleeve shot shows; PC_ARM_ANY without a person */
    int n_attention;       /* reasons about the image as a whole: several_people, no_person, ... */
    enum pc_reason attention[PC_MAX_REASONS];
    int n_shots;
    struct pc_shot shots[PC_MAX_SHOTS];
};

/* Plans every recipe of the set, in its order. Never fails: a shot that is not possible is absent, with
 * a reason. Fills plan. */
void pc_shots_plan(const struct pc_recipe_set *recipes, const struct pc_scene *scene,
                   struct pc_plan *plan);

/* The person that the image is about (the largest, unless the scene names one), or -1. Tells the
 * caller beforehand whether struct pc_object has to be measured. */
int pc_shots_subject(const struct pc_scene *scene);
/* The w x h that the region of interest should have in an image of this size. */
void pc_shots_interest_size(int width, int height, int *w, int *h);

/* --- changing a shot --- */

/* Adds the reason once, and lowers the state when `state` is worse than it: ok, partial, review,
 * absent. */
void pc_shot_downgrade(struct pc_shot *shot, enum pc_shot_state state, enum pc_reason reason);
/* Makes the shot absent, without a box, and for this reason only. */
void pc_shot_set_absent(struct pc_shot *shot, enum pc_reason reason);
bool pc_shot_has_reason(const struct pc_shot *shot, enum pc_reason reason);

/* --- boxes set by people --- */

enum { PC_MANUAL_BOX_MIN_PX = 16 }; /* the smallest side */

/* Does the box lie within the image, and is no side too small? */
bool pc_manual_box_inside(struct pc_ibox box, int width, int height);
/* Does the box have the aspect ratio that the recipe asks for, within two pixels (planned boxes are
 * rounded inwards to whole pixels)? If the image left no room for that ratio, the ratio of the planned
 * box is right too (w 0: there is none). */
bool pc_manual_box_fits(const struct pc_recipe *recipe, struct pc_ibox planned, struct pc_ibox box);
/* The planned box moved by x of its widths and y of its heights, and scaled about its middle;
 * shrunk and moved as far as needed to lie within the image. Its shape stays. */
struct pc_ibox pc_manual_box_offset(struct pc_ibox planned, double x, double y, double scale,
                                    int width, int height);

#endif
