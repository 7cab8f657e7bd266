/* A body in the making: shared by body.c, proportions.c and unseen.c. Private to src/shots.
 * Threads: pure.
 */
#ifndef PC_SHOTS_BODY_BUILDER_H
#define PC_SHOTS_BODY_BUILDER_H

#include <math.h>

#include "shots/body.h"

#define PC_NOSE_TO_NECK .41
#define PC_SHOULDERS .63
#define PC_HIPS .39
#define PC_EARS .33
#define PC_THIGH .90
#define PC_SHIN .88
#define PC_UPPER_ARM .56
#define PC_FOREARM .52

struct pc_body_builder {
    struct pc_body *b;
    int width, height;
    struct pc_keypoint raw[PC_KEYPOINT_COUNT];
};

/* proportions.c: hips that the photo has cut off are put at its lower edge by the model, which
 * knows no place outside. Where the trunk is far too short for the rest of the body, and no knee is
 * seen, they count as not seen. */
void pc_body_doubt_hips(struct pc_body_builder *m);
/* proportions.c: fills head, torso, shoulders and known from the landmarks seen. */
void pc_body_measure(struct pc_body_builder *m);
/* unseen.c: a place for each landmark that is not seen; up goes from the hips to the neck. */
void pc_body_impute(struct pc_body_builder *m, struct pc_point up);

static inline bool inside(const struct pc_body_builder *m, double x, double y)
{
    return x >= 0 && y >= 0 && x < m->width && y < m->height;
}

static inline bool seen(const struct pc_body_builder *m, int i)
{
    return m->b->keypoints[i].visibility == PC_VISIBILITY_SEEN;
}

static inline struct pc_point point_of(const struct pc_body_builder *m, int i)
{
    return (struct pc_point){m->b->keypoints[i].x, m->b->keypoints[i].y};
}

static inline struct pc_point midpoint(struct pc_point a, struct pc_point b)
{
    return (struct pc_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static inline double distance(struct pc_point a, struct pc_point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static inline struct pc_point unit_or_up(struct pc_point from, struct pc_point to, double least)
{
    double len = distance(from, to);
    return len < least || len < 1e-9
               ? (struct pc_point){0, -1}
               : (struct pc_point){(to.x - from.x) / len, (to.y - from.y) / len};
}

static inline bool both_seen(const struct pc_body_builder *m, int a, int b)
{
    return seen(m, a) && seen(m, b);
}

/* The distance of two seen landmarks; 0 when one is not. */
static inline double seen_distance(const struct pc_body_builder *m, int a, int b)
{
    return seen(m, a) && seen(m, b) ? distance(point_of(m, a), point_of(m, b)) : 0;
}

#endif
