/* Where the edge of the image ends a body. */
#include "shots/body.h"

#include <math.h>

#define BEYOND .15 /* of a torso: an undetected keypoint so near to the edge lies behind it */
#define EDGE .05   /* of a torso: a detected keypoint so near to the edge is half cut off */
#define TOUCH .013 /* of the longer side of the image: so near, a box touches the edge */

static bool touches(const struct pc_body *body, enum pc_side side)
{
    struct pc_box b = body->box;
    double slack = TOUCH * fmax(body->width, body->height);
    switch (side) {
    case PC_TOP: return b.y <= slack;
    case PC_BOTTOM: return b.y + b.h >= body->height - slack;
    case PC_LEFT: return b.x <= slack;
    default: return b.x + b.w >= body->width - slack;
    }
}

/* The sides that the body touches and to which p is nearer than across or down. */
static unsigned sides_near(const struct pc_body *body, struct pc_point p, double across,
                           double down)
{
    const bool near[PC_SIDES] = {[PC_TOP] = p.y<down, [PC_BOTTOM] = p.y> body->height - down,
                                 [PC_LEFT] = p.x<across, [PC_RIGHT] = p.x> body->width - across};
    unsigned sides = 0;
    for (int i = 0; i < PC_SIDES; i++)
        if (near[i] && touches(body, (enum pc_side)i))
            sides |= 1u << i;
    return sides;
}

unsigned pc_body_sides_beyond(const struct pc_body *body, struct pc_point p)
{
    double r = BEYOND * body->torso;
    return sides_near(body, p, r / 2, r);
}

bool pc_body_beyond(const struct pc_body *body, struct pc_point p)
{
    return pc_body_sides_beyond(body, p) != 0;
}

bool pc_body_at_edge(const struct pc_body *body, struct pc_point p)
{
    double r = EDGE * body->torso;
    return sides_near(body, p, r, r) != 0;
}
