/* Shots: recipes + people + picture size -> boxes, states and reasons. Pure: no files, no pixels,
 * no clock; the same input gives the same plan on every machine.
 *
 * A recipe (recipe.h) says what a labelled view must hold, what it must not, and how it is framed;
 * the planner finds the box. What shots are and how good they must be: docs/shots.md.
 *
 * Ownership: a plan borrows its recipes (labels point into them); keep them alive while it is used.
 * Threads: all functions are pure; recipes are read-only once made.
 */
#ifndef PC_SHOTS_SHOTS_H
#define PC_SHOTS_SHOTS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/geometry.h"
#include "shots/recipe_spec.h"

enum pc_shot_state {
    PC_SHOT_OK,
    PC_SHOT_PARTIAL, /* some of what it should hold is outside the photo */
    PC_SHOT_ABSENT,  /* not in this picture; no file */
    PC_SHOT_REVIEW   /* found, with low confidence */
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
enum pc_facing pc_body_facing(const struct pc_person *p);

/* Which arm a sleeve shot shows. */
enum pc_arm { PC_ARM_ANY, PC_ARM_LEFT, PC_ARM_RIGHT };

/* What the pixels tell when nobody is in the picture. */
struct pc_object {
    struct pc_ibox trimmed;  /* the thing on its plain background */
    struct pc_ibox interest; /* the most interesting region, of pc_shots_interest_size */
};

enum { PC_MAX_SHOTS = 64, PC_MAX_REASONS = 8, PC_SHOT_LABEL_BYTES = 56 };

/* Who placed a box: the recipe, a person on this picture, or a person on a batch. */
enum pc_origin { PC_ORIGIN_RECIPE, PC_ORIGIN_HAND, PC_ORIGIN_BATCH };
const char *pc_origin_name(enum pc_origin origin); /* "recipe", "hand", "batch" */

/* A box that a person set; it takes the place of the planned one, also of a shot that is absent. */
struct pc_manual_box {
    char label[PC_SHOT_LABEL_BYTES]; /* of the shot */
    struct pc_ibox box;              /* within the picture, else it is left out */
    enum pc_origin origin;
};

struct pc_scene {
    int width, height; /* of the upright picture */
    const struct pc_people *people;
    double person_sure, person_maybe; /* thresholds on pc_person.score: .40, .25 */
    int person;                       /* index chosen by a user, or -1: the recipe's rule chooses */
    enum pc_arm arm;                  /* PC_ARM_ANY: the one that is seen better */
    const struct pc_object *object; /* NULL when not known; needed when pc_shots_subject says -1 */
    const struct pc_manual_box *manual_boxes; /* boxes set by people */
    int n_manual_boxes;
};

struct pc_shot {
    const struct pc_recipe *recipe; /* output format and quality: read there; label: below */
    int person;                     /* index into people; -1: of the object */
    int copy; /* 0; 1, 2, ... for the further people of a recipe that wants each */
    enum pc_shot_state state;
    int n_reasons;
    enum pc_reason reasons[PC_MAX_REASONS];
    double score; /* 0..1: how sure the landmarks that the box rests on are; 1 when by a person */
    enum pc_origin origin;
    struct pc_ibox
        box; /* in pixels of the upright picture; may leave it only where the recipe extends */
    int width, height; /* of the file to write */
};

/* The recipe's label; "length-2" for the second person of a recipe that wants each. Fills out. */
void pc_shot_label(const struct pc_shot *shot, char out[PC_SHOT_LABEL_BYTES]);

struct pc_plan {
    int person;            /* index into people of the main person; -1: nobody */
    enum pc_facing facing; /* of that person */
    enum pc_arm arm;       /* that the sleeve shot shows; PC_ARM_ANY without a person */
    int n_attention; /* picture-level reasons: several_people, uncertain_person, no_person, ... */
    enum pc_reason attention[PC_MAX_REASONS];
    int n_shots;
    struct pc_shot shots[PC_MAX_SHOTS];
};

/* The person that the picture is about (largest, unless the scene names one), or -1. Lets the
 * caller know beforehand whether pc_object has to be measured. */
int pc_shots_subject(const struct pc_scene *scene);
/* The w x h that the region of interest should have in a picture of this size. */
void pc_shots_interest_size(int width, int height, int *w, int *h);

/* Boxes by people. The least that is taken on a side: */
enum { PC_MANUAL_BOX_MIN_PX = 16 };
/* Is the box within the picture and no smaller than the least? */
bool pc_manual_box_inside(struct pc_ibox box, int width, int height);
/* Has it the shape that the recipe fixes, or the one that the planned box (w 0: none) has where the
 * photo left no room for that? Planned boxes are cut to whole pixels inwards, so two pixels off are
 * taken. */
bool pc_manual_box_fits(const struct pc_recipe *recipe, struct pc_ibox planned, struct pc_ibox box);
/* The planned box moved by x of its widths and y of its heights and scaled about its middle, at the
 * same shape; shrunk and moved as far as needed to lie within the picture. */
struct pc_ibox pc_manual_box_offset(struct pc_ibox planned, double x, double y, double scale,
                                    int width, int height);

/* Adds the reason once, and lowers the state if `state` is worse (ok < partial < review < absent).
 */
void pc_shot_downgrade(struct pc_shot *shot, enum pc_shot_state state, enum pc_reason reason);
/* Plans every recipe of the set, in its order. Never fails: what cannot be had is absent, with a
 * reason. */
void pc_shots_plan(const struct pc_recipe_set *recipes, const struct pc_scene *scene,
                   struct pc_plan *plan);

#endif
