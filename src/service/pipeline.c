#include "service/pipeline.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "service/cutting.h"
#include "service/overlay.h"

enum { OVERLAY_SIDE_PX = 1600, THUMBNAIL_SIDE_PX = 320, THUMBNAIL_QUALITY = 80 };

struct run {
    const struct pc_pipeline *line;
    struct pc_picture *pic;
    pc_stage_hook hook;
    void *ctx;
};

static enum pc_code enter(const struct run *run, const char *stage, int progress,
                          struct pc_err *err)
{
    if (run->hook && run->hook(run->ctx, stage, progress))
        return pc_fail(err, PC_E_CANCELLED, NULL);
    return PC_OK;
}

static double since_ms(int64_t start_us)
{
    return (double)(pc_mono_us() - start_us) / 1000.0;
}

static enum pc_code view_of_picture(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                                    struct pc_err *err)
{
    return pc_picture_view(ctx, square, size, rgb, err);
}

static enum pc_code decode(struct run *run, struct pc_buf *source, struct pc_made *made,
                           struct pc_err *err)
{
    const struct pc_config *cfg = run->line->config;
    int64_t start = pc_mono_us();
    enum pc_code rc = enter(run, "decoding", 20, err);
    if (!rc)
        rc = pc_picture_open(source->data, source->len, cfg->max_pixels,
                             pc_deadline_in(cfg->decode_ms), &run->pic, err);
    pc_buf_finish(source);
    if (rc)
        return rc;
    made->info = *pc_picture_info(run->pic);
    made->timings.decode = since_ms(start);
    return PC_OK;
}

/* To what records keep (a tenth of a pixel, a thousandth of a score): shots planned now and shots
 * planned later from the record are the same. */
static void round_people(struct pc_people *people)
{
    for (int i = 0; i < people->n; i++) {
        struct pc_person *p = &people->p[i];
        p->score = round(p->score * 1000) / 1000;
        p->box = (struct pc_box){round(p->box.x * 10) / 10, round(p->box.y * 10) / 10,
                                 round(p->box.w * 10) / 10, round(p->box.h * 10) / 10};
        for (int k = 0; k < PC_LANDMARK_COUNT; k++) {
            struct pc_landmark *l = &p->landmarks[k];
            *l = (struct pc_landmark){round(l->x * 10) / 10, round(l->y * 10) / 10,
                                      round(l->score * 1000) / 1000};
        }
    }
}

static enum pc_code find_people(struct run *run, struct pc_made *made, struct pc_err *err)
{
    int64_t start = pc_mono_us();
    enum pc_code rc = enter(run, "posing", 40, err);
    if (rc)
        return rc;
    if (run->line->known) {
        made->people = *run->line->known;
        return PC_OK;
    }
    struct pc_pose_source pixels = {
        .width = made->info.width,
        .height = made->info.height,
        .ctx = run->pic,
        .view = view_of_picture,
    };
    rc = pc_pose_detect(run->line->pose, &pixels, pc_deadline_in(run->line->config->pose_ms),
                        &made->people, err);
    round_people(&made->people);
    made->timings.pose = since_ms(start);
    return rc;
}

/* Where nobody is, the pixels say what the picture is about. */
static enum pc_code measure_object(struct run *run, const struct pc_made *made,
                                   struct pc_object *object, struct pc_err *err)
{
    int w, h;
    pc_shots_interest_size(made->info.width, made->info.height, &w, &h);
    enum pc_code rc = pc_picture_trim(run->pic, &object->trimmed, err);
    return rc ? rc : pc_picture_interest(run->pic, w, h, &object->interest, err);
}

#define SAME_PERSON_IOU .5

static int chosen_person(const struct pc_hand *hand, const struct pc_people *people)
{
    int best = -1;
    double best_iou = SAME_PERSON_IOU;
    bool there = hand->person >= 0 && hand->person < people->n;
    if (hand->person < 0 || hand->at.w <= 0)
        return there ? hand->person : -1;
    if (there && pc_box_iou(people->p[hand->person].box, hand->at) >= SAME_PERSON_IOU)
        return hand->person;
    for (int i = 0; i < people->n; i++) {
        double iou = pc_box_iou(people->p[i].box, hand->at);
        if (iou >= best_iou)
            best = i, best_iou = iou;
    }
    return best;
}

struct pc_scene pc_pipeline_scene(const struct pc_pipeline *line, int width, int height,
                                  const struct pc_people *people)
{
    const struct pc_hand *hand = line->hand;
    return (struct pc_scene){
        .width = width,
        .height = height,
        .people = people,
        .person_sure = line->config->person_sure,
        .person_maybe = line->config->person_maybe,
        .person = hand ? chosen_person(hand, people) : -1,
        .placed = hand ? hand->placed : NULL,
        .n_placed = hand ? hand->n_placed : 0,
    };
}

static enum pc_code plan(struct run *run, struct pc_made *made, struct pc_err *err)
{
    struct pc_scene scene =
        pc_pipeline_scene(run->line, made->info.width, made->info.height, &made->people);
    if (pc_shots_subject(&scene) < 0) {
        enum pc_code rc = measure_object(run, made, &made->object, err);
        if (rc)
            return rc;
        scene.object = &made->object;
    }
    pc_shots_plan(run->line->recipes, &scene, &made->plan);
    return PC_OK;
}

static enum pc_code cut_all(struct run *run, struct pc_made *made, struct pc_err *err)
{
    int64_t start = pc_mono_us();
    struct pc_deadline deadline = pc_deadline_in(run->line->config->cut_ms);
    for (int i = 0; i < made->plan.n_shots; i++) {
        struct pc_shot *shot = &made->plan.shots[i];
        made->face_scores[i] = -1;
        enum pc_code rc = enter(run, "cutting", 60 + 30 * i / made->plan.n_shots, err);
        if (rc)
            return rc;
        if (shot->state == PC_SHOT_ABSENT)
            continue;
        rc = pc_cut_shot(run->pic, shot, deadline, &made->files[i], err);
        if (!rc)
            rc = pc_prove_headless(run->line->pose, run->pic, shot, deadline, &made->face_scores[i],
                                   err);
        if (rc)
            return pc_err_wrap(err, "cutting %s", shot->recipe->label);
    }
    made->timings.cut = since_ms(start);
    return PC_OK;
}

static enum pc_code make_thumbnail(struct run *run, struct pc_made *made, struct pc_err *err)
{
    int w = made->info.width, h = made->info.height, longer = w > h ? w : h;
    double scale = longer > THUMBNAIL_SIDE_PX ? (double)THUMBNAIL_SIDE_PX / longer : 1;
    struct pc_cut cut = {
        .box = {0, 0, w, h},
        .width = (int)fmax(1, round(w * scale)),
        .height = (int)fmax(1, round(h * scale)),
        .format = PC_FORMAT_JPEG,
        .quality = THUMBNAIL_QUALITY,
    };
    return run->line->thumbnail
               ? pc_picture_cut(run->pic, &cut, pc_deadline_in(run->line->config->cut_ms),
                                &made->thumbnail, err)
               : PC_OK;
}

static enum pc_code draw_overlay(struct run *run, struct pc_made *made, struct pc_err *err)
{
    struct pc_buf svg = PC_BUF_INIT;
    if (!run->line->overlay)
        return PC_OK;
    pc_overlay_of_made(made, &svg);
    enum pc_code rc =
        pc_picture_annotate(run->pic, &svg, OVERLAY_SIDE_PX,
                            pc_deadline_in(run->line->config->cut_ms), &made->overlay, err);
    pc_buf_finish(&svg);
    return rc;
}

enum pc_code pc_pipeline_run(const struct pc_pipeline *line, struct pc_buf *source,
                             pc_stage_hook hook, void *ctx, struct pc_made *made,
                             struct pc_err *err)
{
    struct run run = {.line = line, .hook = hook, .ctx = ctx};
    int64_t start = pc_mono_us();
    *made = (struct pc_made){.plan = {.person = -1}};
    enum pc_code rc = decode(&run, source, made, err);
    if (!rc)
        rc = find_people(&run, made, err);
    if (!rc)
        rc = plan(&run, made, err);
    if (!rc && !line->plan_only)
        rc = cut_all(&run, made, err);
    if (!rc)
        rc = draw_overlay(&run, made, err);
    if (!rc)
        rc = make_thumbnail(&run, made, err);
    pc_picture_destroy(run.pic);
    made->timings.total = since_ms(start);
    return rc;
}

void pc_made_finish(struct pc_made *made)
{
    for (int i = 0; i < PC_MAX_SHOTS; i++)
        pc_buf_finish(&made->files[i]);
    pc_buf_finish(&made->overlay);
    pc_buf_finish(&made->thumbnail);
}

bool pc_made_attention(const struct pc_made *made)
{
    for (int i = 0; i < made->plan.n_shots; i++)
        if (made->plan.shots[i].state == PC_SHOT_REVIEW)
            return true;
    return made->plan.n_attention > 0;
}
