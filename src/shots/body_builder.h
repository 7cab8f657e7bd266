/* The steps of building a body, in their order, and the measures that they share. Private to
 * src/shots. Each step fills more of a struct pc_body and relies on the steps before it.
 * Threads: pure.
 */
#ifndef PC_SHOTS_BODY_BUILDER_H
#define PC_SHOTS_BODY_BUILDER_H

#include <math.h>

#include "shots/body.h"

/* In torsos: see body.h. */
#define PC_NOSE_TO_NECK .41
#define PC_SHOULDERS .63
#define PC_HIPS .39
#define PC_EARS .33
#define PC_THIGH .90
#define PC_SHIN .88
#define PC_UPPER_ARM .56
#define PC_FOREARM .52

/* proportions.c: no longer counts hips as detected when the photo has cut them off. The model knows
 * no place outside and puts them at the lower edge; the trunk is far too short then for the rest of
 * the body, and no knee is seen. */
void pc_body_doubt_hips(struct pc_body *body);
/* proportions.c: fills head, torso, shoulders and known from the keypoints that are seen. */
void pc_body_measure(struct pc_body *body);
/* imputation.c: gives each of COCO's keypoints that is not seen a place. up is the direction from
 * the hips to the neck (length 1). */
void pc_body_impute(struct pc_body *body, struct pc_point up);
/* derived.c: fills the keypoints from PC_BODY_NECK on. score is that of the person. */
void pc_body_derive(struct pc_body *body, struct pc_point up, double score);

/* --- measures --- */

static inline bool inside(const struct pc_body *b, double x, double y)
{
    return x >= 0 && y >= 0 && x < b->width && y < b->height;
}

static inline bool seen(const struct pc_body *b, int id)
{
    return b->keypoints[id].visibility == PC_VISIBILITY_SEEN;
}

static inline bool both_seen(const struct pc_body *b, int one, int other)
{
    return seen(b, one) && seen(b, other);
}

static inline struct pc_point point_of(const struct pc_body *b, int id)
{
    return (struct pc_point){b->keypoints[id].x, b->keypoints[id].y};
}

static inline struct pc_point midpoint(struct pc_point p, struct pc_point q)
{
    return (struct pc_point){(p.x + q.x) / 2, (p.y + q.y) / 2};
}

static inline double distance(struct pc_point p, struct pc_point q)
{
    return hypot(p.x - q.x, p.y - q.y);
}

/* The distance of two keypoints; 0 unless both are seen. */
static inline double seen_distance(const struct pc_body *b, int one, int other)
{
    return both_seen(b, one, other) ? distance(point_of(b, one), point_of(b, other)) : 0;
}

/* The direction from one point to another; straight up when they are nearer than least. */
static inline struct pc_point unit_or_up(struct pc_point from, struct pc_point to, double least)
{
    double len = distance(from, to);
    return len < least || len < 1e-9
               ? (struct pc_point){0, -1}
               : (struct pc_point){(to.x - from.x) / len, (to.y - from.y) / len};
}

#endif
