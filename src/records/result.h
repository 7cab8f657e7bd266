/* What an image came to: the shots that were cut from it, what was found in the photo, what people
 * changed (edits) and what they decided about the shots (decisions).
 *
 * Words such as a shot's state or a reason are texts, not enums of the planner, on purpose: a store
 * outlives the program that wrote it. A word that only a newer version knows must come back as it
 * was, and the records then need to know nothing of shots/.
 *
 * Stored form: records/codec.h. A member of the stored form that this program does not know, or
 * that is not of the expected type, stands in `extra` (JSON text, NULL: none) and is written back
 * unchanged, so that reading and writing a record loses nothing.
 *
 * Ownership: each of the three structs owns all it points to, in an arena of its own; whoever fills
 * one allocates from that arena. Zeroed memory is an empty, valid value; pc_..._finish frees and
 * leaves it so. A copy is deep. Threads: plain data.
 */
#ifndef PC_RECORDS_RESULT_H
#define PC_RECORDS_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/geometry.h"
#include "base/mem.h"

/* --- result --- */

struct pc_record_shot {
    const char *label; /* unique within the image; "length-2" for the second person */
    const char *title; /* for people; NULL: not stored */
    const char *state; /* "ok", "partial", "absent", "review"; NULL: not stored */
    bool has_reasons;
    int n_reasons;
    const char **reasons; /* codes, as in shots/reasons.def */
    bool has_score;
    double score;       /* 0..1: how sure the keypoints that the box rests on are */
    const char *recipe; /* hash of the recipe; NULL: not stored */
    int recipe_version; /* goes with recipe */
    const char *origin; /* who set the box: "hand", "batch"; NULL: the recipe */
    struct pc_ibox box; /* in the upright photo; w 0: none */
    int width, height;  /* of the file, in pixels; 0: there is none */
    const char *format; /* of the file: "jpeg"; NULL: there is none */
    bool has_face_score;
    double face_score; /* of a headless shot: how sure the network was of a face in it */
    const char *key;   /* the file's blob; NULL: there is none */
    int64_t bytes;     /* of the file; 0: not stored */
    const char *url;   /* where the file could be had when it was stored: for other programs */
    const char *extra;
};

struct pc_record_timings { /* in milliseconds */
    double decode, pose, cut, total;
};

struct pc_record_object {    /* what was measured where nobody was found */
    struct pc_ibox trimmed;  /* the thing on its plain background */
    struct pc_ibox interest; /* the most interesting region */
};

struct pc_record_result {
    struct pc_arena arena;

    int n_shots;
    struct pc_record_shot *shots; /* in the order of the recipes */

    const struct pc_people *people; /* NULL: no keypoints are stored */
    const char **facings;           /* facings[i] of people->p[i]; may be NULL */
    const char **person_extras;     /* the same; NULL: none has any */
    bool has_person;
    int person;         /* whom the image is about: index into people; -1: nobody */
    const char *facing; /* of that person: "front", "back", "side", "unknown" */
    bool has_attention;
    int n_attention;
    const char **attention; /* codes of reasons that concern the whole photo */
    const char *model;      /* id of the network that found the people */
    bool has_timings, has_object;
    struct pc_record_timings timings;
    struct pc_record_object object;
    const char *thumbnail; /* key of its blob; NULL: there is none */
    const char *extra;
};

void pc_record_result_finish(struct pc_record_result *result);
/* dst may hold anything but owned values. */
void pc_record_result_copy(struct pc_record_result *dst, const struct pc_record_result *src);
/* The first shot of that label, or NULL. Borrows. */
const struct pc_record_shot *pc_record_result_find(const struct pc_record_result *result,
                                                   const char *label);

/* --- edits --- */

struct pc_record_manual_box {
    const char *label;  /* of the shot */
    struct pc_ibox box; /* in the upright photo, in whole pixels; w 0: none of the known form */
    const char
        *origin; /* "hand" (on this image), "batch" (an offset over many); NULL: not stored */
    const char *extra;
};

struct pc_record_edits { /* what people set; kept when the image is cut again */
    struct pc_arena arena;
    bool has_person;
    int person;                /* whom the shots show: index into the people found */
    struct pc_ibox person_box; /* where that person stood when chosen; w 0: not stored */
    int n_boxes;
    struct pc_record_manual_box *boxes;
    bool has_recipes; /* the image is cut by these recipes only */
    int n_recipes;
    const char **recipes; /* labels */
    const char *extra;
};

void pc_record_edits_finish(struct pc_record_edits *edits);
void pc_record_edits_copy(struct pc_record_edits *dst, const struct pc_record_edits *src);
/* Boxes are compared by label, in any order. */
bool pc_record_edits_equal(const struct pc_record_edits *a, const struct pc_record_edits *b);
const struct pc_record_manual_box *pc_record_edits_find_box(const struct pc_record_edits *edits,
                                                            const char *label);
/* Sets the box of that label, or adds it. */
void pc_record_edits_put_box(struct pc_record_edits *edits, const char *label, struct pc_ibox box,
                             const char *origin);
void pc_record_edits_remove_box(struct pc_record_edits *edits, const char *label);
/* labels NULL: cut by all active recipes again. */
void pc_record_edits_set_recipes(struct pc_record_edits *edits, const char *const *labels, int n);

/* --- decisions --- */

/* What was decided about one shot. `first` is for the rate of shots that were right at once: the
 * first decision, or "corrected" when a person had set the box before any. It stays, with `why`,
 * when the shot is cut differently and the decision is dropped. */
struct pc_record_decision {
    const char *label;   /* of the shot */
    const char *verdict; /* "approved", "rejected"; NULL: none stands */
    const char *at;      /* when, ISO 8601 */
    const char *reason;  /* of a rejection */
    bool fresh;          /* the first decision, and nothing came after it */
    const char *first;   /* "approved", "rejected", "corrected" */
    const char *why;     /* reason of a first rejection */
    const char *extra;
};

struct pc_record_decisions {
    struct pc_arena arena;
    int n;
    struct pc_record_decision *items;
};

void pc_record_decisions_finish(struct pc_record_decisions *decisions);
void pc_record_decisions_copy(struct pc_record_decisions *dst,
                              const struct pc_record_decisions *src);
/* NULL when there is none. Borrows; valid until one is added or removed. */
struct pc_record_decision *pc_record_decisions_find(const struct pc_record_decisions *decisions,
                                                    const char *label);
/* The one of that label, added when there is none. Texts that the caller sets in it come from
 * decisions->arena. */
struct pc_record_decision *pc_record_decisions_add(struct pc_record_decisions *decisions,
                                                   const char *label);
void pc_record_decisions_remove(struct pc_record_decisions *decisions, const char *label);

#endif
