/* A body in the making: shared by body.c, proportions.c and unseen.c. Private to src/shots.
 * Threads: pure.
 */
#ifndef PC_SHOTS_MAKING_H
#define PC_SHOTS_MAKING_H

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

struct pc_making {
    struct pc_body *b;
    int width, height;
    struct pc_landmark raw[PC_LANDMARK_COUNT];
};

/* proportions.c: hips that the photo has cut off are put at its lower edge by the model, which
 * knows no place outside. Where the trunk is far too short for the rest of the body, and no knee is
 * seen, they count as not seen. */
void pc_making_doubt_hips(struct pc_making *m);
/* proportions.c: fills head, torso, shoulders and known from the landmarks seen. */
void pc_making_measure(struct pc_making *m);
/* unseen.c: a place for each landmark that is not seen; up goes from the hips to the neck. */
void pc_making_guess(struct pc_making *m, struct pc_point up);

static inline bool inside(const struct pc_making *m, double x, double y)
{
    return x >= 0 && y >= 0 && x < m->width && y < m->height;
}

static inline bool seen(const struct pc_making *m, int i)
{
    return m->b->at[i].sight == PC_SIGHT_SEEN;
}

static inline struct pc_point at(const struct pc_making *m, int i)
{
    return (struct pc_point){m->b->at[i].x, m->b->at[i].y};
}

static inline struct pc_point mid(struct pc_point a, struct pc_point b)
{
    return (struct pc_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static inline double gap(struct pc_point a, struct pc_point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static inline struct pc_point unit_or_up(struct pc_point from, struct pc_point to, double least)
{
    double len = gap(from, to);
    return len < least || len < 1e-9
               ? (struct pc_point){0, -1}
               : (struct pc_point){(to.x - from.x) / len, (to.y - from.y) / len};
}

static inline bool both(const struct pc_making *m, int a, int b)
{
    return seen(m, a) && seen(m, b);
}

/* The distance of two seen landmarks; 0 when one is not. */
static inline double pair(const struct pc_making *m, int a, int b)
{
    return seen(m, a) && seen(m, b) ? gap(at(m, a), at(m, b)) : 0;
}

#endif
