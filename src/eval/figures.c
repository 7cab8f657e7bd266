#include "eval/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* What is good: docs/eval.md. Landmarks: what the model reached on other fashion photos. */
#define BAR_OKS .891
#define BAR_PCK .862
#define BAR_HIT .97
#define BAR_SHOT_IOU .85
#define BAR_LENGTH_IOU .90
#define BAR_PERSON .98
#define BAR_NO_PERSON .02

struct tally {
    double sum;
    int n;
};

static void count(struct tally *t, double value)
{
    if (isnan(value))
        return;
    t->sum += value;
    t->n++;
}

static struct pc_figure *add(struct pc_figures *list, const char *group, const char *name)
{
    list->f = pc_xrealloc(list->f, (size_t)(list->n + 1) * sizeof *list->f);
    struct pc_figure *f = &list->f[list->n++];
    *f = (struct pc_figure){.value = NAN, .bar = NAN};
    snprintf(f->name, sizeof f->name, "%s.%s", group, name);
    return f;
}

static void add_mean(struct pc_figures *list, const char *group, const char *name, struct tally t,
                     enum pc_figure_kind kind, int better, double bar)
{
    struct pc_figure *f = add(list, group, name);
    f->kind = kind;
    f->value = t.n ? t.sum / t.n : NAN;
    f->of = t.n;
    f->better = better;
    f->bar = bar;
}

static void add_count(struct pc_figures *list, const char *group, const char *name, int n, int of,
                      int better)
{
    struct pc_figure *f = add(list, group, name);
    f->kind = PC_FIGURE_COUNT;
    f->value = n;
    f->of = of;
    f->better = better;
}

/* --- landmarks and people ----------------------------------------------------------------------
 */

static void add_landmarks(const struct pc_eval *eval, struct pc_figures *list)
{
    struct tally oks = {0}, oks_found = {0}, pck = {0}, pck_found = {0}, iou = {0}, found = {0};
    for (int i = 0; i < eval->n; i++)
        for (int k = 0; k < eval->pictures[i].n_persons; k++) {
            const struct pc_eval_person *p = &eval->pictures[i].persons[k];
            count(&found, p->found >= 0);
            count(&oks, p->oks);
            pck.sum += p->n_right, pck.n += p->n_labelled;
            if (p->found < 0)
                continue;
            count(&oks_found, p->oks);
            count(&iou, p->iou);
            pck_found.sum += p->n_right, pck_found.n += p->n_labelled;
        }
    add_mean(list, "landmarks", "oks", oks, PC_FIGURE_SCORE, 1, BAR_OKS);
    add_mean(list, "landmarks", "oks_of_found", oks_found, PC_FIGURE_SCORE, 1, NAN);
    add_mean(list, "landmarks", "pck", pck, PC_FIGURE_SHARE, 1, BAR_PCK);
    add_mean(list, "landmarks", "pck_of_found", pck_found, PC_FIGURE_SHARE, 1, NAN);
    add_mean(list, "people", "found", found, PC_FIGURE_SHARE, 1, NAN);
    add_mean(list, "people", "box_iou", iou, PC_FIGURE_SCORE, 1, NAN);
}

/* A picture whose people are all unmeasured (crowds, bare boxes) counts for neither. */
static void add_pictures(const struct pc_eval *eval, struct pc_figures *list)
{
    struct tally person = {0}, empty = {0};
    for (int i = 0; i < eval->n; i++) {
        const struct pc_eval_picture *p = &eval->pictures[i];
        if (p->status != PC_EVAL_MEASURED)
            continue;
        if (!p->truth || p->truth->n == 0)
            count(&empty, p->body_shot);
        else if (p->n_persons > 0)
            count(&person, p->body_shot);
    }
    add_mean(list, "pictures", "person_shot", person, PC_FIGURE_SHARE, 1, BAR_PERSON);
    add_mean(list, "pictures", "no_person_shot", empty, PC_FIGURE_SHARE, -1, BAR_NO_PERSON);
}

/* --- shots -------------------------------------------------------------------------------------
 */

struct shot_tally {
    struct tally hit, iou, person_iou;
    int shots, states[PC_SHOT_REVIEW + 1], unexpected;
};

static void tally_shot(struct shot_tally *t, const struct pc_verdict *v)
{
    count(&t->hit, v->judged ? v->hit : NAN);
    count(&t->iou, v->iou);
    count(&t->person_iou, v->person_iou);
    t->shots++;
    t->states[v->state]++;
    t->unexpected += v->state != PC_SHOT_ABSENT && v->expected == PC_SHOT_ABSENT;
}

/* recipe NULL: all of them. */
static struct shot_tally tally_shots(const struct pc_eval *eval, const struct pc_recipe *recipe)
{
    struct shot_tally t = {0};
    for (int i = 0; i < eval->n; i++)
        for (int k = 0; k < eval->pictures[i].n_verdicts; k++)
            if (!recipe || eval->pictures[i].verdicts[k].recipe == recipe)
                tally_shot(&t, &eval->pictures[i].verdicts[k]);
    return t;
}

static void add_shots(struct pc_figures *list, const char *label, const struct shot_tally *t)
{
    char group[PC_FIGURE_NAME_BYTES - 16];
    static const struct {
        enum pc_shot_state state;
        const char *name;
    } states[] = {{PC_SHOT_OK, "ok"},
                  {PC_SHOT_PARTIAL, "partial"},
                  {PC_SHOT_REVIEW, "review"},
                  {PC_SHOT_ABSENT, "absent"}};
    snprintf(group, sizeof group, "shots.%s", label);
    add_mean(list, group, "hit", t->hit, PC_FIGURE_SHARE, 1, BAR_HIT);
    add_mean(list, group, "iou", t->iou, PC_FIGURE_SCORE, 1, BAR_SHOT_IOU);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        add_count(list, group, states[i].name, t->states[states[i].state], t->shots, 0);
    add_count(list, group, "unexpected", t->unexpected, t->shots, -1);
}

void pc_figures_of(const struct pc_eval *eval, struct pc_figures *out)
{
    *out = (struct pc_figures){0};
    add_landmarks(eval, out);
    add_pictures(eval, out);
    for (int i = 0; i < eval->recipes->n; i++) {
        const struct pc_recipe *r = &eval->recipes->r[i];
        struct shot_tally t = tally_shots(eval, r);
        add_shots(out, r->label, &t);
        if (strcmp(r->label, "length") == 0)
            add_mean(out, "length", "person_iou", t.person_iou, PC_FIGURE_SCORE, 1, BAR_LENGTH_IOU);
    }
    struct shot_tally all = tally_shots(eval, NULL);
    add_shots(out, "all", &all);
}

void pc_figures_finish(struct pc_figures *figures)
{
    free(figures->f);
    *figures = (struct pc_figures){0};
}

const struct pc_figure *pc_figures_find(const struct pc_figures *figures, const char *name)
{
    for (int i = 0; i < figures->n; i++)
        if (strcmp(figures->f[i].name, name) == 0)
            return &figures->f[i];
    return NULL;
}
