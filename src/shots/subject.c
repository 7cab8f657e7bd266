#include "shots/subject.h"

#include <math.h>

#define SKIN_SCORE .4 /* a keypoint of this score was surely seen, not only its clothes */

enum { NOBODY = -1, INTEREST_MAX_PX = 1200 };

static double area_in_image(const struct pc_scene *scene, int i)
{
    struct pc_box image = {0, 0, scene->width, scene->height};
    double area = pc_box_area(pc_box_intersect(scene->people->p[i].box, image));
    return isfinite(area) ? area : 0;
}

bool pc_subject_is_sure(const struct pc_scene *scene, int i)
{
    return scene->people->p[i].score >= scene->person_sure;
}

static bool limb_shows(const struct pc_person *p, int joint, int tip)
{
    return p->keypoints[joint].score >= SKIN_SCORE && p->keypoints[tip].score >= SKIN_SCORE;
}

/* A person counts who surely is one, or who may be one and shows skin. A garment laid flat has
 * shoulders and hips for the model, and sometimes elbows, but neither face nor hands nor feet. */
static bool counts(const struct pc_scene *scene, int i)
{
    const struct pc_person *p = &scene->people->p[i];
    int face = 0;
    if (pc_subject_is_sure(scene, i))
        return true;
    for (int k = PC_NOSE; k <= PC_RIGHT_EAR; k++)
        face += p->keypoints[k].score >= SKIN_SCORE;
    return p->score >= scene->person_maybe &&
           (face >= 3 || limb_shows(p, PC_LEFT_ELBOW, PC_LEFT_WRIST) ||
            limb_shows(p, PC_RIGHT_ELBOW, PC_RIGHT_WRIST) ||
            limb_shows(p, PC_LEFT_KNEE, PC_LEFT_ANKLE) ||
            limb_shows(p, PC_RIGHT_KNEE, PC_RIGHT_ANKLE));
}

/* Is a before b? */
static bool before(const struct pc_scene *scene, int a, int b)
{
    bool sure_a = pc_subject_is_sure(scene, a), sure_b = pc_subject_is_sure(scene, b);
    if (sure_a != sure_b)
        return sure_a;
    return area_in_image(scene, a) > area_in_image(scene, b);
}

int pc_subjects_by_size(const struct pc_scene *scene, int order[PC_MAX_PEOPLE])
{
    int n = 0, people = scene->people ? scene->people->n : 0;
    for (int i = 0; i < people && i < PC_MAX_PEOPLE; i++) {
        if (!counts(scene, i))
            continue;
        int at = n++;
        for (; at > 0 && before(scene, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return n;
}

int pc_subject_most_central(const struct pc_scene *scene)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(scene, order), best = NOBODY;
    double best_off = INFINITY;
    for (int i = 0; i < n; i++) {
        struct pc_box b = scene->people->p[order[i]].box;
        double off = hypot(b.x + b.w / 2 - scene->width / 2.0, b.y + b.h / 2 - scene->height / 2.0);
        if (off < best_off)
            best_off = off, best = order[i];
    }
    return best;
}

int pc_shots_subject(const struct pc_scene *scene)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(scene, order);
    if (scene->person >= 0 && scene->people && scene->person < scene->people->n)
        return scene->person;
    return n > 0 ? order[0] : NOBODY;
}

void pc_shots_interest_size(int width, int height, int *w, int *h)
{
    int shorter = width < height ? width : height;
    int side = (int)lround(.4 * shorter);
    if (side > INTEREST_MAX_PX)
        side = INTEREST_MAX_PX;
    *w = *h = side < 1 ? 1 : side;
}
