#include "eval/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Targets: docs/eval.md. Those of the landmarks are what the model reached on other fashion photos. */
#define TARGET_OKS .891
#define TARGET_PCK .862
#define TARGET_HIT .97
#define TARGET_SHOT_IOU .85
#define TARGET_LENGTH_IOU .90
#define TARGET_PERSON .98
#define TARGET_NO_PERSON .02

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

static struct pc_eval_metric *add(struct pc_eval_metrics *list, const char *group, const char *name)
{
    list->f = pc_xrealloc(list->f, (size_t)(list->n + 1) * sizeof *list->f);
    struct pc_eval_metric *f = &list->f[list->n++];
    *f = (struct pc_eval_metric){.value = NAN, .target = NAN};
    snprintf(f->name, sizeof f->name, "%s.%s", group, name);
    return f;
}

static void add_mean(struct pc_eval_metrics *list, const char *group, const char *name,
                     struct tally t, enum pc_eval_metric_kind kind, int better, double target)
{
    struct pc_eval_metric *f = add(list, group, name);
    f->kind = kind;
    f->value = t.n ? t.sum / t.n : NAN;
    f->of = t.n;
    f->better = better;
    f->target = target;
}

static void add_count(struct pc_eval_metrics *list, const char *group, const char *name, int n,
                      int of, int better)
{
    struct pc_eval_metric *f = add(list, group, name);
    f->kind = PC_EVAL_METRIC_COUNT;
    f->value = n;
    f->of = of;
    f->better = better;
}

/* --- landmarks and people --- */

static void add_landmarks(const struct pc_eval *eval, struct pc_eval_metrics *list)
{
    struct tally oks = {0}, oks_found = {0}, pck = {0}, pck_found = {0}, iou = {0}, found = {0};
    for (int i = 0; i < eval->n; i++)
        for (int k = 0; k < eval->images[i].n_persons; k++) {
            const struct pc_eval_person *p = &eval->images[i].persons[k];
            count(&found, p->found >= 0);
            count(&oks, p->oks);
            pck.sum += p->n_right, pck.n += p->n_labelled;
            if (p->found < 0)
                continue;
            count(&oks_found, p->oks);
            count(&iou, p->iou);
            pck_found.sum += p->n_right, pck_found.n += p->n_labelled;
        }
    add_mean(list, "landmarks", "oks", oks, PC_EVAL_METRIC_SCORE, 1, TARGET_OKS);
    add_mean(list, "landmarks", "oks_of_found", oks_found, PC_EVAL_METRIC_SCORE, 1, NAN);
    add_mean(list, "landmarks", "pck", pck, PC_EVAL_METRIC_SHARE, 1, TARGET_PCK);
    add_mean(list, "landmarks", "pck_of_found", pck_found, PC_EVAL_METRIC_SHARE, 1, NAN);
    add_mean(list, "people", "found", found, PC_EVAL_METRIC_SHARE, 1, NAN);
    add_mean(list, "people", "box_iou", iou, PC_EVAL_METRIC_SCORE, 1, NAN);
}

/* An image whose people are all unmeasured (crowds, boxes without keypoints) counts for neither. */
static void add_images(const struct pc_eval *eval, struct pc_eval_metrics *list)
{
    struct tally person = {0}, empty = {0};
    for (int i = 0; i < eval->n; i++) {
        const struct pc_eval_image *p = &eval->images[i];
        if (p->status != PC_EVAL_MEASURED)
            continue;
        if (!p->truth || p->truth->n == 0)
            count(&empty, p->body_shot);
        else if (p->n_persons > 0)
            count(&person, p->body_shot);
    }
    add_mean(list, "pictures", "person_shot", person, PC_EVAL_METRIC_SHARE, 1, TARGET_PERSON);
    add_mean(list, "pictures", "no_person_shot", empty, PC_EVAL_METRIC_SHARE, -1, TARGET_NO_PERSON);
}

/* --- shots --- */

struct shot_tally {
    struct tally hit, iou, person_iou;
    int shots, states[PC_SHOT_REVIEW + 1], unexpected;
};

static void tally_shot(struct shot_tally *t, const struct pc_eval_shot *v)
{
    count(&t->hit, v->scored ? v->hit : NAN);
    count(&t->iou, v->iou);
    count(&t->person_iou, v->person_iou);
    t->shots++;
    t->states[v->state]++;
    t->unexpected += v->state != PC_SHOT_ABSENT && v->expected == PC_SHOT_ABSENT;
}

/* recipe NULL: all recipes. */
static struct shot_tally tally_shots(const struct pc_eval *eval, const struct pc_recipe *recipe)
{
    struct shot_tally t = {0};
    for (int i = 0; i < eval->n; i++)
        for (int k = 0; k < eval->images[i].n_shots; k++)
            if (!recipe || eval->images[i].shots[k].recipe == recipe)
                tally_shot(&t, &eval->images[i].shots[k]);
    return t;
}

static void add_shots(struct pc_eval_metrics *list, const char *label, const struct shot_tally *t)
{
    char group[PC_EVAL_METRIC_NAME_BYTES - 16];
    static const struct {
        enum pc_shot_state state;
        const char *name;
    } states[] = {{PC_SHOT_OK, "ok"},
                  {PC_SHOT_PARTIAL, "partial"},
                  {PC_SHOT_REVIEW, "review"},
                  {PC_SHOT_ABSENT, "absent"}};
    snprintf(group, sizeof group, "shots.%s", label);
    add_mean(list, group, "hit", t->hit, PC_EVAL_METRIC_SHARE, 1, TARGET_HIT);
    add_mean(list, group, "iou", t->iou, PC_EVAL_METRIC_SCORE, 1, TARGET_SHOT_IOU);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        add_count(list, group, states[i].name, t->states[states[i].state], t->shots, 0);
    add_count(list, group, "unexpected", t->unexpected, t->shots, -1);
}

void pc_eval_metrics_compute(const struct pc_eval *eval, struct pc_eval_metrics *out)
{
    *out = (struct pc_eval_metrics){0};
    add_landmarks(eval, out);
    add_images(eval, out);
    for (int i = 0; i < eval->recipes->n; i++) {
        const struct pc_recipe *r = &eval->recipes->r[i];
        struct shot_tally t = tally_shots(eval, r);
        add_shots(out, r->label, &t);
        if (strcmp(r->label, "length") == 0)
            add_mean(out, "length", "person_iou", t.person_iou, PC_EVAL_METRIC_SCORE, 1,
                     TARGET_LENGTH_IOU);
    }
    struct shot_tally all = tally_shots(eval, NULL);
    add_shots(out, "all", &all);
}

void pc_eval_metrics_finish(struct pc_eval_metrics *metrics)
{
    free(metrics->f);
    *metrics = (struct pc_eval_metrics){0};
}

const struct pc_eval_metric *pc_eval_metrics_find(const struct pc_eval_metrics *metrics,
                                                  const char *name)
{
    for (int i = 0; i < metrics->n; i++)
        if (strcmp(metrics->f[i].name, name) == 0)
            return &metrics->f[i];
    return NULL;
}
