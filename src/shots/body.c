/* Where the edge of the image ends a body. */
#include "shots/body.h"

#include <math.h>

#define BEYOND .15 /* of a torso: an undetected keypoint so near to the edge lies behind it */
#define EDGE .05   /* of a torso: a detected keypoint so near to the edge is half cut off */
#define TOUCH .013 /* of the longer side of the image: so near, a box touches the edge */

/* The sides that the body touches and to which p is nearer than across or down. */
static unsigned sides_near(const struct pc_body *body, struct pc_point p, double across,
                           double down)
{
    struct pc_box b = body->box;
    double slack = TOUCH * fmax(body->width, body->height);
    const bool near[PC_SIDES] = {[PC_TOP] = p.y<down, [PC_BOTTOM] = p.y> body->height - down,
                                 [PC_LEFT] = p.x<across, [PC_RIGHT] = p.x> body->width - across};
    const bool touches[PC_SIDES] = {[PC_TOP] = b.y <= slack,
                                    [PC_BOTTOM] = b.y + b.h >= body->height - slack,
                                    [PC_LEFT] = b.x <= slack,
                                    [PC_RIGHT] = b.x + b.w >= body->width - slack};
    unsigned sides = 0;
    for (int i = 0; i < PC_SIDES; i++)
        if (near[i] && touches[i])
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

double pc_body_length_px(const struct pc_body *body, struct pc_recipe_length len, double whole)
{
    switch (len.unit) {
    case PC_UNIT_HEAD: return len.value * body->head;
    case PC_UNIT_TORSO: return len.value * body->torso;
    case PC_UNIT_SHOULDERS: return len.value * body->shoulders;
    case PC_UNIT_PERCENT: return len.value / 100 * whole;
    default: return len.value;
    }
}
