/* A recipe as the planner takes it: how one labelled view is framed. Data only; src/recipes reads
 * it from JSON, docs/recipes.md explains each member for those who write recipes.
 *
 * Ownership: a set owns its recipes and their texts; plans and shots borrow them. A set is not
 * changed once it is made, so all threads may read it.
 * Threads: pure.
 */
#ifndef PC_SHOTS_RECIPE_SPEC_H
#define PC_SHOTS_RECIPE_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "shots/keypoints.h"

enum pc_side { PC_TOP, PC_RIGHT, PC_BOTTOM, PC_LEFT, PC_SIDES };

enum pc_recipe_unit {
    PC_UNIT_PX,
    PC_UNIT_PERCENT, /* of the box that holds the kept keypoints */
    PC_UNIT_HEAD,    /* height of the head, chin to crown */
    PC_UNIT_TORSO,   /* middle of the shoulders to middle of the hips */
    PC_UNIT_SHOULDERS
};
struct pc_recipe_length {
    double value;
    enum pc_recipe_unit unit;
};

/* A line for an edge of the box, by keypoints (enum pc_body_keypoint_id): through a, or at the share
 * `at` of the way from a to b; then moved outwards (away from the middle of the box) by offset. */
struct pc_recipe_line {
    int a; /* PC_BODY_KEYPOINT_NONE: there is no line */
    int b; /* PC_BODY_KEYPOINT_NONE: a alone */
    double at;
    struct pc_recipe_length offset;
};

/* Where the head is cut off. */
enum pc_recipe_headless {
    PC_HEADLESS_NO,
    PC_HEADLESS_EYES,
    PC_HEADLESS_EYES_NOSE, /* between eyes and nose */
    PC_HEADLESS_NOSE,
    PC_HEADLESS_NOSE_MOUTH, /* between nose and mouth */
    PC_HEADLESS_MOUTH,
    PC_HEADLESS_UNDER_FACE,
    PC_HEADLESS_COUNT
};
const char *pc_recipe_headless_name(enum pc_recipe_headless h); /* "eyes_nose" */
/* The keypoints of the face (bits) that the box then leaves out: all of them. Cut at the line
 * between eyes and nose or above, only the eyes, since the nose still shows. 0 for PC_HEADLESS_NO. */
uint64_t pc_recipe_headless_avoid(enum pc_recipe_headless h);

enum pc_recipe_size {
    PC_SIZE_FIT,      /* scaled down to lie within width x height */
    PC_SIZE_EXACT,    /* exactly width x height; the aspect is theirs */
    PC_SIZE_AT_LEAST, /* the box grows to width x height pixels, as far as the image has them */
    PC_SIZE_NATIVE    /* never scaled: a box with more pixels shrinks to width x height */
};

/* What happens to a box that leaves the image. */
enum pc_recipe_overflow {
    PC_OVERFLOW_SHIFT,  /* moves in; what is too large then shrinks */
    PC_OVERFLOW_SHRINK, /* shrinks round its middle */
    PC_OVERFLOW_EXTEND, /* stays; the strip outside is filled */
    PC_OVERFLOW_REJECT  /* the shot is absent, reason out_of_picture */
};

/* Whom the shot shows. */
enum pc_recipe_person { PC_CHOICE_LARGEST, PC_CHOICE_CENTRAL, PC_CHOICE_INDEX, PC_CHOICE_EACH };

/* What the shot shows of an image without a person. */
enum pc_recipe_no_person {
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
    char hash[17];  /* first 16 hex digits of the SHA-256 of source; tells recipes apart */
    char *source;   /* owned by the set: the canonical text; the planner never looks at it */

    uint64_t keep;  /* keypoints (bits) that the box must hold */
    uint64_t need;  /* those without which there is no such view: absent when outside the photo */
    uint64_t avoid; /* those that the box must not hold */
    struct pc_recipe_length margin[PC_SIDES];
    struct pc_recipe_line edge[PC_SIDES]; /* where an edge should lie, instead of by margin */
    struct pc_recipe_line cut[PC_SIDES];  /* what an edge must not pass */
    enum pc_recipe_headless headless;
    bool joints; /* edges inside the image keep away from wrists, elbows, knees, ankles */

    double aspect_min, aspect_max; /* width / height; 0, 0: free */
    double align_x, align_y;       /* where the subject lies in a box that must grow: 0..1, .5 */
    bool align_to_body;            /* across: the box grows towards the trunk */

    enum pc_recipe_size size;
    int width, height; /* 0: no limit */
    bool upscale;

    enum pc_recipe_overflow overflow;
    bool extend_edge;      /* the strip outside repeats the edge; else it has the background */
    uint8_t background[3]; /* also under transparency */
    enum pc_recipe_person person;
    int person_index; /* for PC_CHOICE_INDEX, counted by size; the largest is 0 */
    enum pc_recipe_no_person no_person;

    enum pc_recipe_format format;
    int quality;              /* 1..100 */
    int min_bytes, max_bytes; /* wanted size of the file; 0: none */
    bool progressive;
};

/* The keypoints (bits) that the box holds: keep, for a headless shot without those of the head. */
uint64_t pc_recipe_held(const struct pc_recipe *recipe);

enum { PC_MAX_RECIPES = 64 };

struct pc_recipe_set {
    int n;
    struct pc_recipe *r;
};

#endif
