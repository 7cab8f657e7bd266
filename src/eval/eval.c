#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "eval/eval.h"
#include "eval/measure.h"

enum { TRUTH_MAX_BYTES = 1 << 29 };

enum pc_code pc_eval_open(struct pc_eval *eval, const char *truth_file, const char *dir,
                          struct pc_err *err)
{
    struct pc_buf bytes = PC_BUF_INIT;
    enum pc_code rc = pc_buf_read_file(&bytes, truth_file, TRUTH_MAX_BYTES, err);
    if (!rc)
        rc = pc_ground_truth_parse(pc_buf_text(&bytes), bytes.len, &eval->truth, err);
    pc_buf_finish(&bytes);
    if (rc)
        return pc_err_wrap(err, "%s", truth_file);
    size_t below = strlen(dir) + 1;
    eval->n = eval->truth.n;
    eval->images = pc_xzalloc((size_t)eval->n * sizeof *eval->images);
    for (int i = 0; i < eval->n; i++) {
        struct pc_eval_image *p = &eval->images[i];
        p->truth = &eval->truth.images[i];
        p->path = pc_xasprintf("%s/%s", dir, p->truth->file);
        p->name = p->path + below;
        p->person = -1;
    }
    return PC_OK;
}

void pc_eval_add_empty(struct pc_eval *eval, const char *path)
{
    size_t size = (size_t)(eval->n + 1) * sizeof *eval->images;
    eval->images = pc_xrealloc(eval->images, size);
    struct pc_eval_image *p = &eval->images[eval->n++];
    *p = (struct pc_eval_image){.path = pc_xstrdup(path), .person = -1};
    const char *slash = strrchr(p->path, '/');
    p->name = slash ? slash + 1 : p->path;
}

void pc_eval_close(struct pc_eval *eval)
{
    for (int i = 0; i < eval->n; i++) {
        free(eval->images[i].path);
        free(eval->images[i].persons);
        free(eval->images[i].shots);
    }
    free(eval->images);
    pc_ground_truth_finish(&eval->truth);
    *eval = (struct pc_eval){0};
}

/* --- one image --- */

static void measure_people(struct pc_eval_image *p, const int *found_of)
{
    const struct pc_ground_truth_image *image = p->truth;
    p->persons = pc_xzalloc((size_t)(image->n + 1) * sizeof *p->persons);
    for (int i = 0; i < image->n; i++) {
        const struct pc_ground_truth_person *truth = &image->people[i];
        if (!truth->measured)
            continue;
        struct pc_eval_person *m = &p->persons[p->n_persons++];
        *m = (struct pc_eval_person){
            .truth = i, .found = found_of[i], .n_labelled = truth->n_labelled};
        if (m->found < 0)
            continue;
        const struct pc_person *found = &p->people.p[m->found];
        m->oks = pc_measure_oks(truth, found->keypoints);
        m->iou = pc_box_iou(truth->box, found->box);
        m->n_right = pc_measure_pck(truth, found->keypoints);
    }
}

void pc_eval_measure(struct pc_eval *eval, int i, const struct pc_pipeline_result *result)
{
    struct pc_eval_image *p = &eval->images[i];
    struct pc_err err = PC_ERR_INIT;
    p->info = result->info;
    p->people = result->people;
    p->person = result->plan.person;
    for (int k = 0; k < result->plan.n_shots; k++)
        p->body_shot |=
            result->plan.shots[k].person >= 0 && result->plan.shots[k].state != PC_SHOT_ABSENT;
    if (p->truth && pc_ground_truth_upright(p->truth, result->info.orientation, result->info.width,
                                            result->info.height, &err) != PC_OK) {
        pc_eval_set_error(eval, i, &err);
        return;
    }
    p->status = PC_EVAL_MEASURED;
    if (!p->truth)
        return;
    int truth_of[PC_MAX_PEOPLE];
    int *found_of = pc_xzalloc((size_t)(p->truth->n + 1) * sizeof *found_of);
    pc_measure_match(p->truth, &p->people, found_of, truth_of);
    measure_people(p, found_of);
    free(found_of);
    if (p->n_persons == 0)
        return;
    struct pc_eval_sample sample = {.recipes = eval->recipes,
                                    .truth = p->truth,
                                    .people = &p->people,
                                    .plan = &result->plan,
                                    .truth_of = truth_of,
                                    .person_sure = eval->person_sure,
                                    .person_maybe = eval->person_maybe};
    p->shots = pc_xzalloc(PC_MAX_SHOTS * sizeof *p->shots);
    p->n_shots = pc_eval_score_shots(&sample, p->shots);
    p->shots = pc_xrealloc(p->shots, (size_t)(p->n_shots + 1) * sizeof *p->shots);
}

void pc_eval_set_error(struct pc_eval *eval, int i, const struct pc_err *why)
{
    struct pc_eval_image *p = &eval->images[i];
    bool missing = access(p->path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
    p->status = missing ? PC_EVAL_MISSING : PC_EVAL_FAILED;
    p->err = *why;
}

/* --- the whole --- */

double pc_eval_badness(const struct pc_eval_image *p)
{
    double bad = p->status == PC_EVAL_MEASURED && !p->truth && p->body_shot ? 2 : 0;
    if (p->truth && p->truth->n == 0 && p->body_shot)
        bad += 2;
    for (int i = 0; i < p->n_persons; i++)
        bad += (1 - p->persons[i].oks) / p->n_persons;
    for (int i = 0; i < p->n_shots; i++) {
        const struct pc_eval_shot *v = &p->shots[i];
        bad += (v->hit || !v->scored ? 0 : .5) + (isnan(v->iou) ? 0 : (1 - v->iou) / p->n_shots);
    }
    return bad;
}

int pc_eval_count(const struct pc_eval *eval, enum pc_eval_status status)
{
    int n = 0;
    for (int i = 0; i < eval->n; i++)
        n += eval->images[i].status == status;
    return n;
}
