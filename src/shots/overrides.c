#include "shots/overrides.h"

#include <math.h>
#include <string.h>

#include "shots/framing.h"

bool pc_manual_box_inside(struct pc_ibox b, int width, int height)
{
    return b.x >= 0 && b.y >= 0 && b.w >= PC_MANUAL_BOX_MIN_PX && b.h >= PC_MANUAL_BOX_MIN_PX &&
           b.w <= width && b.h <= height && b.x <= width - b.w && b.y <= height - b.h;
}

/* Is w / h within the aspects, give or take PC_FRAMING_SLACK_PX of either side? */
static bool has_aspect(struct pc_ibox b, double least, double most)
{
    return (least <= 0 || b.w >= b.h * least - PC_FRAMING_SLACK_PX * fmax(1, least)) &&
           (most <= 0 || b.w <= b.h * most + PC_FRAMING_SLACK_PX * fmax(1, most));
}

bool pc_manual_box_fits(const struct pc_recipe *recipe, struct pc_ibox planned, struct pc_ibox box)
{
    if (has_aspect(box, recipe->aspect_min, recipe->aspect_max))
        return true;
    double aspect = planned.h > 0 ? (double)planned.w / planned.h : 0;
    return aspect > 0 && !has_aspect(planned, recipe->aspect_min, recipe->aspect_max) &&
           has_aspect(box, aspect, aspect);
}

/* The largest box of the recipe's shape inside this one, round the same middle. */
static struct pc_ibox to_shape(const struct pc_recipe *r, struct pc_ibox b)
{
    double w = b.w, h = b.h;
    if (r->aspect_min > 0 && w < h * r->aspect_min)
        h = w / r->aspect_min;
    else if (r->aspect_max > 0 && w > h * r->aspect_max)
        w = h * r->aspect_max;
    struct pc_ibox found = {.w = (int)fmax(1, round(w)), .h = (int)fmax(1, round(h))};
    found.x = b.x + (b.w - found.w) / 2;
    found.y = b.y + (b.h - found.h) / 2;
    return found;
}

struct pc_ibox pc_manual_box_offset(struct pc_ibox planned, double x, double y, double scale,
                                    int width, int height)
{
    double cx = planned.x + planned.w * (.5 + x), cy = planned.y + planned.h * (.5 + y);
    double most = fmin((double)width / planned.w, (double)height / planned.h);
    double s = fmin(scale, most);
    int w = (int)fmin(round(planned.w * s), width), h = (int)fmin(round(planned.h * s), height);
    double left = fmax(0, fmin(round(cx - w / 2.0), width - w));
    double top = fmax(0, fmin(round(cy - h / 2.0), height - h));
    return (struct pc_ibox){(int)left, (int)top, w, h};
}

bool pc_manual_box_apply(const struct pc_scene *scene, struct pc_shot *shot)
{
    char label[PC_SHOT_LABEL_BYTES];
    const struct pc_manual_box *found = NULL;
    pc_shot_label(shot, label);
    for (int i = 0; i < scene->n_manual_boxes && !found; i++)
        if (strcmp(scene->manual_boxes[i].label, label) == 0)
            found = &scene->manual_boxes[i];
    if (!found || !pc_manual_box_inside(found->box, scene->width, scene->height))
        return false;
    bool fits = pc_manual_box_fits(shot->recipe, shot->box, found->box);
    shot->box = fits ? found->box : to_shape(shot->recipe, found->box);
    pc_framing_trim(shot->recipe, &shot->box);
    shot->origin = found->origin;
    shot->state = PC_SHOT_OK;
    shot->n_reasons = 0;
    shot->score = 1;
    pc_framing_set_size(shot);
    return true;
}
