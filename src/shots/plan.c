/* One plan: for each recipe the people it is about, for each of them one shot.
 *
 * Order for one shot: judge (what of keep is in the photo: absent, partial, review), frame (kept
 * points, margins, cut lines, avoided points, limits), overflow, whole pixels, size of the file.
 * States only get worse on the way: ok, partial, review, absent; then the box that a person set
 * takes the place of the planned one (placed.h).
 */
#include <math.h>
#include <string.h>

#include "shots/body.h"
#include "shots/framing.h"
#include "shots/overrides.h"
#include "shots/shots.h"
#include "shots/subject.h"

struct planner {
    const struct pc_scene *scene;
    struct pc_plan *plan;
    struct pc_body body[PC_MAX_PEOPLE];
    bool built[PC_MAX_PEOPLE];
};

static const struct pc_body *body_of(struct planner *p, int person)
{
    if (!p->built[person])
        pc_body_build(&p->body[person], &p->scene->people->p[person], p->scene->width,
                      p->scene->height, p->scene->arm);
    p->built[person] = true;
    return &p->body[person];
}

static struct pc_shot *add_shot(struct pc_plan *plan, const struct pc_recipe *recipe, int person)
{
    if (plan->n_shots == PC_MAX_SHOTS)
        return NULL;
    struct pc_shot *shot = &plan->shots[plan->n_shots++];
    *shot = (struct pc_shot){.recipe = recipe, .person = person};
    return shot;
}

static void add_attention(struct pc_plan *plan, enum pc_reason r)
{
    if (plan->n_attention < PC_MAX_REASONS)
        plan->attention[plan->n_attention++] = r;
}

/* Share of the shot that shows somebody else. */
static bool shows_others(const struct pc_scene *scene, const struct pc_shot *shot)
{
    struct pc_box box = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
    for (int i = 0; i < scene->people->n; i++) {
        if (i == shot->person || !pc_subject_is_sure(scene, i))
            continue;
        if (pc_box_area(pc_box_intersect(box, scene->people->p[i].box)) > .15 * pc_box_area(box))
            return true;
    }
    return false;
}

static void plan_person(struct planner *p, const struct pc_recipe *recipe, int person, int copy)
{
    struct pc_shot *shot = add_shot(p->plan, recipe, person);
    if (!shot)
        return;
    shot->copy = copy;
    pc_framing_of_body(shot, body_of(p, person), p->scene->width, p->scene->height);
    bool is_manual = pc_manual_box_apply(p->scene, shot);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    if (!is_manual && !pc_subject_is_sure(p->scene, person) && p->scene->person != person)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_UNCERTAIN_PERSON);
    if (shows_others(p->scene, shot))
        pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_OTHERS_IN_BOX);
}

static void plan_nobody(struct planner *p, const struct pc_recipe *recipe, enum pc_reason why)
{
    struct pc_shot *shot = add_shot(p->plan, recipe, -1);
    if (!shot)
        return;
    const struct pc_object *object = p->scene->object;
    pc_shot_downgrade(shot, PC_SHOT_OK, why);
    if (why != PC_REASON_NO_PERSON || !object || recipe->no_person == PC_EMPTY_ABSENT)
        shot->state = PC_SHOT_ABSENT;
    else
        pc_framing_of_object(shot, object, p->scene->width, p->scene->height);
    pc_manual_box_apply(p->scene, shot);
}

static void plan_each(struct planner *p, const struct pc_recipe *recipe)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(p->scene, order);
    for (int i = 0; i < n; i++)
        if (i == 0 || pc_subject_is_sure(p->scene, order[i]))
            plan_person(p, recipe, order[i], i);
}

static void plan_recipe(struct planner *p, const struct pc_recipe *recipe)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(p->scene, order), person = p->plan->person;
    if (person < 0) {
        plan_nobody(p, recipe, PC_REASON_NO_PERSON);
        return;
    }
    if (recipe->person == PC_CHOICE_EACH && p->scene->person < 0) {
        plan_each(p, recipe);
        return;
    }
    if (recipe->person == PC_CHOICE_CENTRAL && p->scene->person < 0)
        person = pc_subject_most_central(p->scene);
    else if (recipe->person == PC_CHOICE_INDEX && p->scene->person < 0)
        person = recipe->person_index < n ? order[recipe->person_index] : -1;
    if (person < 0)
        plan_nobody(p, recipe, PC_REASON_NO_SUCH_PERSON);
    else
        plan_person(p, recipe, person, 0);
}

/* The model gave a body the benefit of the doubt, and we did not. */
static bool is_person_possible(const struct pc_scene *scene)
{
    int n = scene->people ? scene->people->n : 0;
    for (int i = 0; i < n; i++)
        if (scene->people->p[i].score >= scene->person_maybe)
            return true;
    return false;
}

static void assess_people(struct planner *p)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(p->scene, order), sure = 0;
    struct pc_plan *plan = p->plan;
    for (int i = 0; i < n; i++)
        sure += pc_subject_is_sure(p->scene, order[i]);
    plan->person = pc_shots_subject(p->scene);
    if (plan->person < 0) {
        add_attention(plan, PC_REASON_NO_PERSON);
        if (is_person_possible(p->scene))
            add_attention(plan, PC_REASON_UNCERTAIN_PERSON);
        return;
    }
    const struct pc_body *body = body_of(p, plan->person);
    plan->facing = body->facing;
    plan->arm = body->arm;
    if (!pc_subject_is_sure(p->scene, plan->person) && p->scene->person < 0)
        add_attention(plan, PC_REASON_UNCERTAIN_PERSON);
    if (sure > 1 && p->scene->person < 0)
        add_attention(plan, PC_REASON_SEVERAL_PEOPLE);
    if (body->tilted)
        add_attention(plan, PC_REASON_TILTED);
}

void pc_shots_plan(const struct pc_recipe_set *recipes, const struct pc_scene *scene,
                   struct pc_plan *plan)
{
    struct planner p = {.scene = scene, .plan = plan};
    memset(plan, 0, sizeof *plan);
    assess_people(&p);
    for (int i = 0; i < recipes->n; i++)
        plan_recipe(&p, &recipes->r[i]);
}

enum pc_facing pc_body_facing(const struct pc_person *person)
{
    /* Landmarks alone decide; a picture that holds them all leaves nothing outside. */
    double right = 1, bottom = 1;
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++) {
        right = fmax(right, person->keypoints[i].x + 1);
        bottom = fmax(bottom, person->keypoints[i].y + 1);
    }
    struct pc_body body;
    pc_body_build(&body, person, right < 1e6 ? (int)ceil(right) : 1000000,
                  bottom < 1e6 ? (int)ceil(bottom) : 1000000, PC_ARM_ANY);
    return body.facing;
}
