/* One plan: for each recipe the people that it is about, for each of them one shot. */
#include <string.h>

#include "shots/body.h"
#include "shots/framing.h"
#include "shots/overrides.h"
#include "shots/shots.h"
#include "shots/subject.h"

#define OTHERS .15 /* share of a shot: from here on, another person in it is worth a reason */

struct planner {
    const struct pc_scene *scene;
    struct pc_plan *plan;
    struct pc_body body[PC_MAX_PEOPLE]; /* built when first asked for */
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

static void plan_person(struct planner *p, const struct pc_recipe *recipe, int person, int copy)
{
    const struct pc_scene *scene = p->scene;
    struct pc_shot *shot = add_shot(p->plan, recipe, person);
    if (!shot)
        return;
    shot->copy = copy;
    pc_framing_of_body(shot, body_of(p, person));
    bool is_manual = pc_manual_box_apply(scene, shot);
    if (shot->state == PC_SHOT_ABSENT)
        return;
    if (!is_manual && !pc_subject_is_sure(scene, person) && scene->person != person)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_UNCERTAIN_PERSON);
    struct pc_box box = {shot->box.x, shot->box.y, shot->box.w, shot->box.h};
    for (int i = 0; i < scene->people->n; i++) {
        struct pc_box shown = pc_box_intersect(box, scene->people->p[i].box);
        if (i != person && pc_subject_is_sure(scene, i) &&
            pc_box_area(shown) > OTHERS * pc_box_area(box))
            pc_shot_downgrade(shot, PC_SHOT_OK, PC_REASON_OTHERS_IN_BOX);
    }
}

/* For an image without people, or with fewer than the recipe asks for. */
static void plan_nobody(struct planner *p, const struct pc_recipe *recipe, enum pc_reason why)
{
    const struct pc_object *object = p->scene->object;
    struct pc_shot *shot = add_shot(p->plan, recipe, -1);
    if (!shot)
        return;
    pc_shot_downgrade(shot, PC_SHOT_REVIEW, why); /* the object may be a garment, or a pen */
    if (why != PC_REASON_NO_PERSON || !object || recipe->no_person == PC_EMPTY_ABSENT)
        shot->state = PC_SHOT_ABSENT;
    else
        pc_framing_of_object(shot, object, p->scene->width, p->scene->height);
    pc_manual_box_apply(p->scene, shot);
}

static void plan_recipe(struct planner *p, const struct pc_recipe *recipe)
{
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(p->scene, order), person = p->plan->person;
    bool chosen = p->scene->person >= 0; /* by a user: the recipe's rule does not matter */
    if (person < 0) {
        plan_nobody(p, recipe, PC_REASON_NO_PERSON);
        return;
    }
    if (recipe->person == PC_CHOICE_EACH && !chosen) {
        for (int i = 0; i < n; i++)
            if (i == 0 || pc_subject_is_sure(p->scene, order[i]))
                plan_person(p, recipe, order[i], i);
        return;
    }
    if (recipe->person == PC_CHOICE_CENTRAL && !chosen)
        person = pc_subject_most_central(p->scene);
    else if (recipe->person == PC_CHOICE_INDEX && !chosen)
        person = recipe->person_index < n ? order[recipe->person_index] : -1;
    if (person < 0)
        plan_nobody(p, recipe, PC_REASON_NO_SUCH_PERSON);
    else
        plan_person(p, recipe, person, 0);
}

static void add_attention(struct pc_plan *plan, enum pc_reason reason)
{
    if (plan->n_attention < PC_MAX_REASONS)
        plan->attention[plan->n_attention++] = reason;
}

/* Fills what the plan says of the image as a whole: the main person, and reasons for attention. */
static void assess_people(struct planner *p)
{
    const struct pc_scene *scene = p->scene;
    struct pc_plan *plan = p->plan;
    int order[PC_MAX_PEOPLE], n = pc_subjects_by_size(scene, order), sure = 0;
    plan->person = pc_shots_subject(scene);
    if (plan->person < 0) {
        bool maybe = false; /* the model took something for a person, and we did not */
        for (int i = 0; scene->people && i < scene->people->n; i++)
            maybe |= scene->people->p[i].score >= scene->person_maybe;
        add_attention(plan, PC_REASON_NO_PERSON);
        if (maybe)
            add_attention(plan, PC_REASON_UNCERTAIN_PERSON);
        return;
    }
    for (int i = 0; i < n; i++)
        sure += pc_subject_is_sure(scene, order[i]);
    const struct pc_body *body = body_of(p, plan->person);
    plan->facing = body->facing;
    plan->arm = body->arm;
    if (!pc_subject_is_sure(scene, plan->person) && scene->person < 0)
        add_attention(plan, PC_REASON_UNCERTAIN_PERSON);
    if (sure > 1 && scene->person < 0)
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
