/* Recipes: how a labelled view is framed, as data. docs/recipes.md is the reference of the JSON,
 * recipes/ holds the ready ones, recipes/recipe.schema.json says the same to other programs.
 *
 * Life-cycle: pc_recipes_default, _ready and _parse fill a zeroed or finished set;
 * pc_recipes_finish frees what is in it and leaves it empty. A set is read-only once made.
 * Ownership: the set owns its recipes and their texts; plans and shots borrow them.
 * Threads: all functions are pure; a finished parse may be read by all threads.
 * Errors: bad_recipe; the message names the place and the fix ("recipes[2].keep[0]: ...").
 */
#ifndef PC_SHOTS_RECIPE_SPEC_H
#define PC_SHOTS_RECIPE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/geometry.h"

/* Points that a recipe may name: COCO-17 under their own numbers, then what spots.c derives. */
enum pc_body_keypoint_id {
#define PC_BODY_KEYPOINT(id, name) PC_BODY_##id,
    PC_BODY_KEYPOINT_FIRST_DERIVED = PC_KEYPOINT_COUNT - 1,
#include "shots/keypoints.def"
#undef PC_BODY_KEYPOINT
    PC_BODY_KEYPOINT_COUNT,
    PC_BODY_KEYPOINT_NONE = -1
};
const char *
pc_body_keypoint_name(int keypoint); /* "left_shoulder", "chin"; "" for PC_BODY_KEYPOINT_NONE */
int pc_body_keypoint_by_name(const char *name); /* or PC_BODY_KEYPOINT_NONE */
#define PC_BODY_BIT(keypoint) (UINT64_C(1) << (keypoint))

enum pc_recipe_unit {
    PC_UNIT_PX,
    PC_UNIT_PERCENT, /* of the box that holds the kept points */
    PC_UNIT_HEAD,    /* height of the head, chin to crown */
    PC_UNIT_TORSO,   /* middle of the shoulders to middle of the hips */
    PC_UNIT_SHOULDERS
};
struct pc_recipe_length {
    double value;
    enum pc_recipe_unit unit;
};

enum pc_side { PC_TOP, PC_RIGHT, PC_BOTTOM, PC_LEFT, PC_SIDES };

/* A line for an edge: through spot a, or at the share `at` of the way from a to b, moved outwards
 * (away from the middle of the box) by offset. */
struct pc_recipe_line {
    int a,
        b; /* enum pc_body_keypoint_id; a == PC_BODY_KEYPOINT_NONE: no line; b == PC_BODY_KEYPOINT_NONE: a alone */
    double at;
    struct pc_recipe_length offset;
};

enum pc_recipe_headless { /* where the head is cut off; each also keeps the points above out */
                          PC_HEADLESS_NO,
                          PC_HEADLESS_EYES,
                          PC_HEADLESS_EYES_NOSE, /* between eyes and nose */
                          PC_HEADLESS_NOSE,
                          PC_HEADLESS_NOSE_MOUTH, /* between nose and mouth */
                          PC_HEADLESS_MOUTH,
                          PC_HEADLESS_UNDER_FACE,
                          PC_HEADLESS_COUNT
};
const char *pc_recipe_headless_name(enum pc_recipe_headless h);
#define PC_FACE_BITS                                                                               \
    (PC_BODY_BIT(PC_NOSE) | PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE) |                 \
     PC_BODY_BIT(PC_LEFT_EAR) | PC_BODY_BIT(PC_RIGHT_EAR))
/* The face points (PC_BODY_BIT of landmarks) that the cut leaves out: all of them; cut at or above
 * the line between eyes and nose, the eyes only, since the nose still shows. 0 for PC_HEADLESS_NO.
 */
uint64_t pc_recipe_headless_avoid(enum pc_recipe_headless h);

enum pc_recipe_size {
    PC_SIZE_FIT,      /* scaled down to lie within width x height */
    PC_SIZE_EXACT,    /* exactly width x height; the aspect is theirs */
    PC_SIZE_AT_LEAST, /* the box grows until it has width x height pixels, where the picture does */
    PC_SIZE_NATIVE    /* never scaled: a box with more pixels shrinks to width x height */
};

enum pc_recipe_overflow {                     /* what happens when the box leaves the picture */
                          PC_OVERFLOW_SHIFT,  /* move it in, then shrink what is too large */
                          PC_OVERFLOW_SHRINK, /* shrink round its middle */
                          PC_OVERFLOW_EXTEND, /* leave it; the cut fills the strip */
                          PC_OVERFLOW_REJECT  /* absent, reason out_of_picture */
};

enum pc_recipe_person { PC_CHOICE_LARGEST, PC_CHOICE_CENTRAL, PC_CHOICE_INDEX, PC_CHOICE_EACH };

enum pc_recipe_no_person { /* what the shot shows of a picture without a person */
                           PC_EMPTY_ABSENT,
                           PC_EMPTY_OBJECT,  /* the trimmed object */
                           PC_EMPTY_INTEREST /* the most interesting region */
};

enum pc_recipe_format { PC_RECIPE_JPEG, PC_RECIPE_PNG, PC_RECIPE_WEBP, PC_RECIPE_AVIF };
const char *pc_recipe_format_name(enum pc_recipe_format f); /* "jpeg" */

struct pc_recipe {
    char label[40]; /* [a-z0-9-]: part of file names */
    char title[80]; /* for people */
    int version;    /* the author's own count */
    char hash[17];  /* first 16 hex digits of the SHA-256 of json */
    char *json;     /* the recipe as canonical JSON: sorted keys, no spaces */

    uint64_t keep;  /* bits of spots that the box must hold */
    uint64_t need;  /* spots without which there is no such view: absent when outside the photo */
    uint64_t avoid; /* spots that the box must not hold */
    struct pc_recipe_length margin[PC_SIDES];
    struct pc_recipe_line edge[PC_SIDES]; /* where an edge wants to lie, instead of by margin */
    struct pc_recipe_line cut[PC_SIDES];  /* what an edge must not pass */
    enum pc_recipe_headless headless;
    bool joints; /* free edges keep away from wrists, elbows, knees and ankles */

    double aspect_min, aspect_max; /* width / height; 0, 0: free */
    double align_x, align_y;       /* where the subject lies in a box that must grow: 0..1, .5 */
    bool align_to_body;            /* across: the box grows towards the trunk */

    enum pc_recipe_size size;
    int width, height; /* 0: no limit */
    bool upscale;

    enum pc_recipe_overflow overflow;
    bool extend_edge;      /* extended strips repeat the edge; else they have the background */
    uint8_t background[3]; /* also under transparency */
    enum pc_recipe_person person;
    int person_index; /* for PC_CHOICE_INDEX, counted by size, largest 0 */
    enum pc_recipe_no_person no_person;

    enum pc_recipe_format format;
    int quality;              /* 1..100 */
    int min_bytes, max_bytes; /* wanted size of the file; 0: none */
    bool progressive;
};

enum { PC_MAX_RECIPES = 64 };

struct pc_recipe_set {
    int n;
    struct pc_recipe *r;
};

/* The five that every picture gets. Gives into *out. */
void pc_recipes_default(struct pc_recipe_set *out);
/* All ready ones, the five first. Gives into *out. */
void pc_recipes_builtin(struct pc_recipe_set *out);
/* {"recipes": [...]}, or the bare array, or one recipe. An entry is a recipe or the label of a
 * ready one. On failure *out is empty. Gives into *out. */
PC_NODISCARD enum pc_code pc_recipes_parse(const char *json, size_t len, struct pc_recipe_set *out,
                                           struct pc_err *err);

/* What is wrong with a text, for an editor. */
struct pc_recipes_problem {
    char message[256];
    char place[128];  /* "recipes[2].frame.aspect"; "" for the whole */
    int line, column; /* from 1, in characters; 0: unknown */
};
enum { PC_RECIPES_MAX_PROBLEMS = 20 };
struct pc_recipes_problems {
    int n;
    struct pc_recipes_problem p[PC_RECIPES_MAX_PROBLEMS];
};
/* As pc_recipes_parse, but reads on after a mistake as far as it can, and notes each with its place
 * in the text, in the order of the text. With any, *out is empty. Gives into *out; fills found. */
void pc_recipes_validate(const char *json, size_t len, struct pc_recipe_set *out,
                         struct pc_recipes_problems *found);

/* As people write it: keys in the order of the reference, short values on one line. Both give. */
char *pc_recipes_text_of(const struct pc_recipe *recipe);
char *pc_recipes_text(const struct pc_recipe_set *set); /* {"recipes": [...]} */

/* Puts those named by labels (comma-separated; "all" and "default" are known words) into *out, in
 * that order; labels that the set lacks are looked for among the ready ones. bad_recipe names an
 * unknown label and the nearest known one. Gives into *out; from is not changed. */
PC_NODISCARD enum pc_code pc_recipes_select(const struct pc_recipe_set *from, const char *labels,
                                            struct pc_recipe_set *out, struct pc_err *err);
/* The recipe of that label, or NULL. Borrows from the set. */
const struct pc_recipe *pc_recipes_find(const struct pc_recipe_set *set, const char *label);
void pc_recipes_finish(struct pc_recipe_set *set);
/* The JSON Schema of recipe files. Borrows: static text. */
const char *pc_recipes_schema(void);

#endif
