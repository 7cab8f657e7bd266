#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "eval/eval.h"
#include "eval/measure.h"

enum { MOST_TRUTH_BYTES = 1 << 29 };

enum pc_code pc_eval_open(struct pc_eval *eval, const char *truth_file, const char *dir,
                          struct pc_err *err)
{
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc = pc_buf_read_file(&bytes, truth_file, MOST_TRUTH_BYTES, err);
    if (!rc)
        rc = pc_truth_parse(pc_buf_text(&bytes), bytes.len, &eval->truth, err);
    pc_buf_finish(&bytes);
    if (rc)
        return pc_err_wrap(err, "%s", truth_file);
    size_t below = strlen(dir) + 1;
    eval->n = eval->truth.n;
    eval->pictures = pc_xmalloc((size_t)eval->n * sizeof *eval->pictures);
    for (int i = 0; i < eval->n; i++) {
        struct pc_eval_picture *p = &eval->pictures[i];
        p->truth = &eval->truth.images[i];
        p->path = pc_xasprintf("%s/%s", dir, p->truth->file);
        p->name = p->path + below;
        p->person = -1;
    }
    return PC_OK;
}

void pc_eval_add_empty(struct pc_eval *eval, const char *path)
{
    size_t size = (size_t)(eval->n + 1) * sizeof *eval->pictures;
    eval->pictures = pc_xrealloc(eval->pictures, size);
    struct pc_eval_picture *p = &eval->pictures[eval->n++];
    *p = (struct pc_eval_picture){.path = pc_xstrdup(path), .person = -1};
    const char *slash = strrchr(p->path, '/');
    p->name = slash ? slash + 1 : p->path;
}

void pc_eval_close(struct pc_eval *eval)
{
    for (int i = 0; i < eval->n; i++) {
        free(eval->pictures[i].path);
        free(eval->pictures[i].persons);
        free(eval->pictures[i].verdicts);
    }
    free(eval->pictures);
    pc_truth_finish(&eval->truth);
    *eval = (struct pc_eval){0};
}

/* --- one picture -------------------------------------------------------------------------------
 */

static void measure_people(struct pc_eval_picture *p, const int *found_of)
{
    const struct pc_truth_image *image = p->truth;
    p->persons = pc_xmalloc((size_t)(image->n + 1) * sizeof *p->persons);
    for (int i = 0; i < image->n; i++) {
        const struct pc_truth_person *truth = &image->people[i];
        if (!truth->measured)
            continue;
        struct pc_eval_person *m = &p->persons[p->n_persons++];
        *m = (struct pc_eval_person){
            .truth = i, .found = found_of[i], .n_labelled = truth->n_labelled};
        if (m->found < 0)
            continue;
        const struct pc_person *found = &p->people.p[m->found];
        m->oks = pc_measure_oks(truth, found->landmarks);
        m->iou = pc_box_iou(truth->box, found->box);
        m->n_right = pc_measure_pck(truth, found->landmarks);
    }
}

static void judge_shots(const struct pc_eval *eval, struct pc_eval_picture *p,
                        const struct pc_plan *plan, const int *truth_of)
{
    struct pc_trial trial = {.recipes = eval->recipes,
                             .truth = p->truth,
                             .people = &p->people,
                             .plan = plan,
                             .truth_of = truth_of,
                             .person_sure = eval->person_sure,
                             .person_maybe = eval->person_maybe};
    if (p->n_persons == 0)
        return;
    p->verdicts = pc_xmalloc(PC_MAX_SHOTS * sizeof *p->verdicts);
    p->n_verdicts = pc_judge(&trial, p->verdicts);
    p->verdicts = pc_xrealloc(p->verdicts, (size_t)(p->n_verdicts + 1) * sizeof *p->verdicts);
}

static void measure(const struct pc_eval *eval, struct pc_eval_picture *p,
                    const struct pc_plan *plan)
{
    int truth_of[PC_MAX_PEOPLE];
    int *found_of = pc_xmalloc((size_t)(p->truth->n + 1) * sizeof *found_of);
    pc_measure_match(p->truth, &p->people, found_of, truth_of);
    measure_people(p, found_of);
    judge_shots(eval, p, plan, truth_of);
    free(found_of);
}

void pc_eval_take(struct pc_eval *eval, int i, const struct pc_made *made)
{
    struct pc_eval_picture *p = &eval->pictures[i];
    struct pc_err err = PC_ERR_INIT;
    p->info = made->info;
    p->people = made->people;
    p->person = made->plan.person;
    for (int k = 0; k < made->plan.n_shots; k++)
        p->body_shot |=
            made->plan.shots[k].person >= 0 && made->plan.shots[k].state != PC_SHOT_ABSENT;
    if (p->truth && pc_truth_upright(p->truth, made->info.orientation, made->info.width,
                                     made->info.height, &err) != PC_OK) {
        pc_eval_refuse(eval, i, &err);
        return;
    }
    p->status = PC_EVAL_MEASURED;
    if (p->truth)
        measure(eval, p, &made->plan);
}

void pc_eval_refuse(struct pc_eval *eval, int i, const struct pc_err *why)
{
    struct pc_eval_picture *p = &eval->pictures[i];
    bool gone = access(p->path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
    p->status = gone ? PC_EVAL_MISSING : PC_EVAL_FAILED;
    p->err = *why;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

double pc_eval_badness(const struct pc_eval_picture *p)
{
    double bad = p->status == PC_EVAL_MEASURED && !p->truth && p->body_shot ? 2 : 0;
    if (p->truth && p->truth->n == 0 && p->body_shot)
        bad += 2;
    for (int i = 0; i < p->n_persons; i++)
        bad += (1 - p->persons[i].oks) / p->n_persons;
    for (int i = 0; i < p->n_verdicts; i++) {
        const struct pc_verdict *v = &p->verdicts[i];
        bad += (v->hit || !v->judged ? 0 : .5) + (isnan(v->iou) ? 0 : (1 - v->iou) / p->n_verdicts);
    }
    return bad;
}

int pc_eval_count(const struct pc_eval *eval, enum pc_eval_status status)
{
    int n = 0;
    for (int i = 0; i < eval->n; i++)
        n += eval->pictures[i].status == status;
    return n;
}
