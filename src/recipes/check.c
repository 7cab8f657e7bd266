#include "recipes/check.h"

#include "shots/body.h"
#include "shots/framing.h"
#include "shots/shots.h"

enum { WIDTH = 4000, HEIGHT = 4000 };

/* Eight heads of 250 pixels, arms a little away from the body. */
static const struct pc_person figure = {
    .score = 1,
    .box = {1600, 1000, 800, 2000},
    .keypoints = {{2000, 1180, 1},
                  {2030, 1145, 1},
                  {1970, 1145, 1},
                  {2075, 1160, 1},
                  {1925, 1160, 1},
                  {2160, 1390, 1},
                  {1840, 1390, 1},
                  {2260, 1660, 1},
                  {1740, 1660, 1},
                  {2330, 1910, 1},
                  {1670, 1910, 1},
                  {2100, 1900, 1},
                  {1900, 1900, 1},
                  {2110, 2360, 1},
                  {1890, 2360, 1},
                  {2115, 2810, 1},
                  {1885, 2810, 1}},
};

enum pc_code pc_recipes_check(const struct pc_recipe *recipe, const struct pc_reader *p)
{
    struct pc_recipe only_shape = *recipe;
    only_shape.overflow = PC_OVERFLOW_SHIFT;
    struct pc_shot shot = {.recipe = &only_shape};
    struct pc_body body;
    pc_body_build(&body, &figure, WIDTH, HEIGHT, PC_ARM_ANY);
    pc_framing_of_body(&shot, &body);
    if (pc_shot_has_reason(&shot, PC_REASON_CONFLICT) ||
        pc_shot_has_reason(&shot, PC_REASON_FACE_SHOWN))
        return pc_reader_reject(
            p, "contradiction: on a standing person the box cannot hold all of keep "
               "and stay behind cut, headless and avoid; drop one of them");
    if (pc_shot_has_reason(&shot, PC_REASON_ASPECT_MISSED))
        return pc_reader_reject(
            p, "impossible aspect: cut, headless and avoid leave no room for it on a "
               "standing person; widen the aspect or drop a line");
    if (shot.state == PC_SHOT_ABSENT)
        return pc_reader_reject(p,
                                "nothing is left to show: keep names only what headless cuts off");
    return PC_OK;
}
