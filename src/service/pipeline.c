#include "service/pipeline.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "service/cutting.h"
#include "service/overlay.h"

enum { OVERLAY_SIDE_PX = 1600, THUMBNAIL_SIDE_PX = 320, THUMBNAIL_QUALITY = 80 };

struct run {
    const struct pc_config *config;
    struct pc_pose *pose;
    const struct pc_pipeline_request *request;
    struct pc_image *image;
    struct pc_pipeline_result *result;
};

static enum pc_code enter_stage(const struct run *run, const char *stage, int progress,
                                struct pc_err *err)
{
    const struct pc_pipeline_request *request = run->request;
    if (request->on_stage && request->on_stage(request->ctx, stage, progress))
        return pc_fail(err, PC_E_CANCELLED, NULL);
    return PC_OK;
}

static double since_ms(int64_t start_us)
{
    return (double)(pc_clock_mono_us() - start_us) / 1000.0;
}

static enum pc_code decode(struct run *run, struct pc_buf *source, struct pc_err *err)
{
    int64_t start = pc_clock_mono_us();
    enum pc_code rc = enter_stage(run, "decoding", 20, err);
    if (!rc)
        rc = pc_image_open(source->data, source->len, run->config->max_pixels,
                           pc_deadline_in(run->config->decode_ms), &run->image, err);
    pc_buf_finish(source);
    if (rc)
        return rc;
    run->result->info = *pc_image_get_info(run->image);
    run->result->timings.decode = since_ms(start);
    return PC_OK;
}

/* Rounds to what the records store: a tenth of a pixel and a thousandth of a score, which is more
 * than the network knows. So shots planned now equal shots planned later from the record. */
static void round_people(struct pc_people *people)
{
    for (int i = 0; i < people->n; i++) {
        struct pc_person *p = &people->p[i];
        p->score = round(p->score * 1000) / 1000;
        p->box = (struct pc_box){round(p->box.x * 10) / 10, round(p->box.y * 10) / 10,
                                 round(p->box.w * 10) / 10, round(p->box.h * 10) / 10};
        for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
            struct pc_keypoint *l = &p->keypoints[k];
            *l = (struct pc_keypoint){round(l->x * 10) / 10, round(l->y * 10) / 10,
                                      round(l->score * 1000) / 1000};
        }
    }
}

static enum pc_code view_image(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                               struct pc_err *err)
{
    return pc_image_view(ctx, square, size, rgb, err);
}

static enum pc_code find_people(struct run *run, struct pc_err *err)
{
    struct pc_pipeline_result *result = run->result;
    int64_t start = pc_clock_mono_us();
    enum pc_code rc = enter_stage(run, "posing", 40, err);
    if (rc)
        return rc;
    if (run->request->known_people) {
        result->people = *run->request->known_people;
        return PC_OK;
    }
    struct pc_pose_source pixels = {
        .width = result->info.width,
        .height = result->info.height,
        .ctx = run->image,
        .view = view_image,
    };
    rc = pc_pose_detect(run->pose, &pixels, pc_deadline_in(run->config->pose_ms), &result->people,
                        err);
    round_people(&result->people);
    result->timings.pose = since_ms(start);
    return rc;
}

#define SAME_PERSON_IOU .5

static int chosen_person(const struct pc_pipeline_overrides *overrides,
                         const struct pc_people *people)
{
    int best = -1;
    double best_iou = SAME_PERSON_IOU;
    bool there = overrides->person >= 0 && overrides->person < people->n;
    if (overrides->person < 0 || overrides->person_box.w <= 0)
        return there ? overrides->person : -1;
    if (there &&
        pc_box_iou(people->p[overrides->person].box, overrides->person_box) >= SAME_PERSON_IOU)
        return overrides->person;
    for (int i = 0; i < people->n; i++) {
        double iou = pc_box_iou(people->p[i].box, overrides->person_box);
        if (iou >= best_iou)
            best = i, best_iou = iou;
    }
    return best;
}

struct pc_scene pc_pipeline_scene(const struct pc_pipeline *pipeline,
                                  const struct pc_pipeline_overrides *overrides, int width,
                                  int height, const struct pc_people *people)
{
    return (struct pc_scene){
        .width = width,
        .height = height,
        .people = people,
        .person_sure = pipeline->config->person_sure,
        .person_maybe = pipeline->config->person_maybe,
        .person = overrides ? chosen_person(overrides, people) : -1,
        .manual_boxes = overrides ? overrides->boxes : NULL,
        .n_manual_boxes = overrides ? overrides->n_boxes : 0,
    };
}

/* If nobody is found, the pixels decide what the shots show. */
static enum pc_code plan(struct run *run, const struct pc_pipeline *pipeline, struct pc_err *err)
{
    struct pc_pipeline_result *result = run->result;
    int width = result->info.width, height = result->info.height, w, h;
    struct pc_scene scene =
        pc_pipeline_scene(pipeline, run->request->overrides, width, height, &result->people);
    if (pc_shots_subject(&scene) < 0) {
        pc_shots_interest_size(width, height, &w, &h);
        enum pc_code rc = pc_image_trim(run->image, &result->object.trimmed, err);
        if (!rc)
            rc = pc_image_interest(run->image, w, h, &result->object.interest, err);
        if (rc)
            return rc;
        scene.object = &result->object;
    }
    pc_shots_plan(run->request->recipes, &scene, &result->plan);
    return PC_OK;
}

static enum pc_code cut_shots(struct run *run, struct pc_err *err)
{
    struct pc_pipeline_result *result = run->result;
    int64_t start = pc_clock_mono_us();
    struct pc_deadline deadline = pc_deadline_in(run->config->cut_ms);
    for (int i = 0; i < result->plan.n_shots; i++) {
        struct pc_shot *shot = &result->plan.shots[i];
        result->face_scores[i] = -1;
        enum pc_code rc = enter_stage(run, "cutting", 60 + 30 * i / result->plan.n_shots, err);
        if (rc)
            return rc;
        if (shot->state == PC_SHOT_ABSENT)
            continue;
        rc = pc_cutting_encode(run->image, shot, deadline, &result->files[i], err);
        if (!rc)
            rc = pc_cutting_verify_headless(run->pose, run->image, shot, deadline,
                                            &result->face_scores[i], err);
        if (rc)
            return pc_err_wrap(err, "cutting %s", shot->recipe->label);
    }
    result->timings.cut = since_ms(start);
    return PC_OK;
}

static enum pc_code make_thumbnail(struct run *run, struct pc_err *err)
{
    struct pc_pipeline_result *result = run->result;
    int w = result->info.width, h = result->info.height, longer = w > h ? w : h;
    double scale = longer > THUMBNAIL_SIDE_PX ? (double)THUMBNAIL_SIDE_PX / longer : 1;
    struct pc_crop crop = {
        .box = {0, 0, w, h},
        .width = (int)fmax(1, round(w * scale)),
        .height = (int)fmax(1, round(h * scale)),
        .format = PC_FORMAT_JPEG,
        .quality = THUMBNAIL_QUALITY,
    };
    return pc_image_crop(run->image, &crop, pc_deadline_in(run->config->cut_ms), &result->thumbnail,
                         err);
}

static enum pc_code draw_overlay(struct run *run, struct pc_err *err)
{
    struct pc_pipeline_result *result = run->result;
    struct pc_overlay_box boxes[PC_MAX_SHOTS];
    char labels[PC_MAX_SHOTS][PC_SHOT_LABEL_BYTES];
    struct pc_buf svg = PC_BUF_INIT;
    int n = 0;
    for (int i = 0; i < result->plan.n_shots; i++) {
        const struct pc_shot *shot = &result->plan.shots[i];
        if (shot->state == PC_SHOT_ABSENT)
            continue;
        pc_shot_label(shot, labels[n]);
        boxes[n] = (struct pc_overlay_box){labels[n], pc_shot_state_name(shot->state), shot->box};
        n++;
    }
    pc_overlay_svg(result->info.width, result->info.height, &result->people, result->plan.person,
                   boxes, n, &svg);
    enum pc_code rc = pc_image_annotate(run->image, &svg, OVERLAY_SIDE_PX,
                                        pc_deadline_in(run->config->cut_ms), &result->overlay, err);
    pc_buf_finish(&svg);
    return rc;
}

enum pc_code pc_pipeline_run(const struct pc_pipeline *pipeline,
                             const struct pc_pipeline_request *request, struct pc_buf *source,
                             struct pc_pipeline_result *result, struct pc_err *err)
{
    struct run run = {
        .config = pipeline->config, .pose = pipeline->pose, .request = request, .result = result};
    int64_t start = pc_clock_mono_us();
    *result = (struct pc_pipeline_result){.plan = {.person = -1}};
    enum pc_code rc = decode(&run, source, err);
    if (!rc)
        rc = find_people(&run, err);
    if (!rc)
        rc = plan(&run, pipeline, err);
    if (!rc && !request->plan_only)
        rc = cut_shots(&run, err);
    if (!rc && request->overlay)
        rc = draw_overlay(&run, err);
    if (!rc && request->thumbnail)
        rc = make_thumbnail(&run, err);
    pc_image_destroy(run.image);
    result->timings.total = since_ms(start);
    return rc;
}

void pc_pipeline_result_finish(struct pc_pipeline_result *result)
{
    for (int i = 0; i < PC_MAX_SHOTS; i++)
        pc_buf_finish(&result->files[i]);
    pc_buf_finish(&result->overlay);
    pc_buf_finish(&result->thumbnail);
}

bool pc_pipeline_result_attention(const struct pc_pipeline_result *result)
{
    for (int i = 0; i < result->plan.n_shots; i++)
        if (result->plan.shots[i].state == PC_SHOT_REVIEW)
            return true;
    return result->plan.n_attention > 0;
}
