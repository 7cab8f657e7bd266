/* Two passes over an image: MultiPose on all of it, then Thunder on a square around each person.
 *
 * The second pass gives better keypoints and corrects left and right on back views. But it always
 * returns the body nearest to the middle of its square, and in a group that can be somebody else:
 * matching.c decides whether its result is used.
 *
 * Permits: a running network needs 28 MB for its inner values, and the runtime never gives memory
 * back. So the number of networks that run at the same time is limited. An image spends a quarter
 * of its time in the networks, so with half as many permits as workers, workers hardly ever wait.
 */
#include "pose/pose.h"

#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/sync.h"
#include "pose/heads.h"
#include "pose/matching.h"
#include "pose/movenet.h"
#include "pose/runtime.h"
#include "pose/session.h"

static const double MARGIN =
    1.15; /* side of Thunder's square, as a multiple of the box's longer side */
static const double MIN_PERSON = .25;

enum { VIEW_BYTES = PC_INPUT_SIDE * PC_INPUT_SIDE * 3 };

struct pc_pose {
    struct pc_runtime *runtime;
    struct pc_session *multipose, *thunder;
    int max_people;
    double min_person;
    int max_runs;
    pthread_mutex_t lock;        /* guards running */
    pthread_cond_t permit_freed; /* a run has ended */
    int running;
    char id[64];
};

/* --- start and end --- */

struct loading {
    struct pc_runtime *runtime;
    const char *dir, *file;
    const struct pc_model_spec *spec;
    struct pc_session *session;
    enum pc_code rc;
    struct pc_err err;
};

static void *load_model(void *arg)
{
    struct loading *l = arg;
    char *path = pc_xasprintf("%s/%s", l->dir, l->file);
    l->rc = pc_session_create(l->runtime, path, l->spec, &l->session, &l->err);
    free(path);
    return NULL;
}

/* Loads both at the same time, which saves 40 ms at start. */
static enum pc_code load_models(struct pc_pose *pose, const char *dir, struct pc_err *err)
{
    struct loading a = {pose->runtime, dir, "movenet-multipose.onnx", &pc_movenet_multipose};
    struct loading b = {pose->runtime, dir, "movenet-thunder.onnx", &pc_movenet_thunder};
    pthread_t thread;
    int beside = pthread_create(&thread, NULL, load_model, &a) == 0;
    if (!beside)
        load_model(&a);
    load_model(&b);
    if (beside)
        pthread_join(thread, NULL);
    pose->multipose = a.session;
    pose->thunder = b.session;
    if (a.rc || b.rc)
        *err = a.rc ? a.err : b.err;
    return a.rc ? a.rc : b.rc;
}

static void name_model(struct pc_pose *pose)
{
    struct pc_sha256 *h = pc_sha256_create();
    char hex[PC_SHA256_HEX];
    pc_sha256_update(h, pc_session_sha256(pose->multipose), PC_SHA256_HEX - 1);
    pc_sha256_update(h, pc_session_sha256(pose->thunder), PC_SHA256_HEX - 1);
    pc_sha256_end(h, hex);
    snprintf(pose->id, sizeof pose->id, "movenet-multipose+thunder@%.12s", hex);
}

enum pc_code pc_pose_create(const struct pc_pose_config *cfg, struct pc_pose **out,
                            struct pc_err *err)
{
    *out = NULL;
    struct pc_pose *pose = pc_xzalloc(sizeof *pose);
    pose->max_people = cfg->max_people < 1               ? 1
                       : cfg->max_people > PC_MAX_PEOPLE ? PC_MAX_PEOPLE
                                                         : cfg->max_people;
    pose->min_person = cfg->min_person > 0 ? cfg->min_person : MIN_PERSON;
    pose->max_runs = cfg->max_runs > 0 ? cfg->max_runs : INT_MAX;
    pthread_mutex_init(&pose->lock, NULL);
    pc_sync_cond_init(&pose->permit_freed);
    enum pc_code rc = pc_runtime_open(cfg->runtime_path, &pose->runtime, err);
    if (!rc)
        rc = load_models(pose, cfg->models_dir, err);
    if (rc) {
        pc_pose_destroy(pose);
        return rc;
    }
    name_model(pose);
#ifdef __GLIBC__
    malloc_trim(0); /* returns 70 MB to the system that only the loading needed */
#endif
    *out = pose;
    return PC_OK;
}

void pc_pose_destroy(struct pc_pose *pose)
{
    if (!pose)
        return;
    pc_session_destroy(pose->multipose);
    pc_session_destroy(pose->thunder);
    pc_runtime_close(pose->runtime);
    pthread_cond_destroy(&pose->permit_freed);
    pthread_mutex_destroy(&pose->lock);
    free(pose);
}

const char *pc_pose_model_id(const struct pc_pose *pose)
{
    return pose->id;
}

/* --- detection --- */

struct detection {
    struct pc_pose *pose;
    const struct pc_pose_source *src;
    struct pc_deadline deadline;
    uint8_t *rgb; /* VIEW_BYTES */
};

/* Waits for a permit until the deadline, runs the network, and gives the permit back. */
static enum pc_code run_with_permit(struct pc_pose *pose, struct pc_run *run,
                                    struct pc_deadline deadline, struct pc_err *err)
{
    int64_t until_ms = deadline.at_ms ? deadline.at_ms : INT64_MAX;
    bool in_time = true;
    pthread_mutex_lock(&pose->lock);
    while (pose->running >= pose->max_runs && in_time)
        in_time = pc_sync_wait_until(&pose->permit_freed, &pose->lock, until_ms);
    bool permitted = pose->running < pose->max_runs;
    pose->running += permitted;
    pthread_mutex_unlock(&pose->lock);
    if (!permitted)
        return pc_fail(err, PC_E_TIMEOUT_POSE, NULL);
    enum pc_code rc = pc_run_execute(run, err);
    pthread_mutex_lock(&pose->lock);
    pose->running--;
    pthread_cond_signal(&pose->permit_freed);
    pthread_mutex_unlock(&pose->lock);
    return rc;
}

/* Runs the network on the square. On PC_OK *run holds the heads, and the caller releases it. */
static enum pc_code run_network(struct detection *d, struct pc_session *session,
                                struct pc_box square, struct pc_run **run, struct pc_err *err)
{
    if (pc_deadline_expired(d->deadline))
        return pc_fail(err, PC_E_TIMEOUT_POSE, NULL);
    enum pc_code rc = d->src->view(d->src->ctx, square, PC_INPUT_SIDE, d->rgb, err);
    if (!rc)
        rc = pc_session_acquire_run(session, run, err);
    if (rc)
        return rc;
    pc_movenet_fill(*run, d->rgb);
    rc = run_with_permit(d->pose, *run, d->deadline, err);
    if (rc)
        pc_session_release_run(session, *run);
    return rc;
}

/* From pixels of the network's input to pixels of the image. */
static void to_image_pixels(struct pc_keypoint keypoints[PC_KEYPOINT_COUNT], struct pc_box square)
{
    double scale = square.w / PC_INPUT_SIDE;
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        keypoints[k].x = square.x + keypoints[k].x * scale;
        keypoints[k].y = square.y + keypoints[k].y * scale;
    }
}

/* The first pass. Fills people. */
static enum pc_code detect_people(struct detection *d, struct pc_people *people, struct pc_err *err)
{
    struct pc_box image = {0, 0, d->src->width, d->src->height};
    double side = fmax(image.w, image.h), scale = side / PC_INPUT_SIDE;
    struct pc_box square = {0, 0, side, side};
    struct pc_run *run = NULL;
    enum pc_code rc = run_network(d, d->pose->multipose, square, &run, err);
    if (rc)
        return rc;
    pc_movenet_read_multipose(run, people);
    pc_session_release_run(d->pose->multipose, run);
    for (int i = 0; i < people->n; i++) {
        struct pc_box b = people->p[i].box;
        people->p[i].box = pc_box_intersect(
            (struct pc_box){b.x * scale, b.y * scale, b.w * scale, b.h * scale}, image);
        to_image_pixels(people->p[i].keypoints, square);
    }
    pc_pose_suppress(people, d->pose->min_person);
    return PC_OK;
}

/* The second pass, for one person. */
static enum pc_code refine_person(struct detection *d, struct pc_person *person, struct pc_err *err)
{
    struct pc_box b = person->box;
    double side = fmax(fmax(b.w, b.h), 1) * MARGIN;
    struct pc_box square = {b.x + (b.w - side) / 2, b.y + (b.h - side) / 2, side, side};
    struct pc_keypoint refined[PC_KEYPOINT_COUNT];
    struct pc_run *run = NULL;
    enum pc_code rc = run_network(d, d->pose->thunder, square, &run, err);
    if (rc)
        return rc;
    pc_movenet_read_thunder(run, refined);
    pc_session_release_run(d->pose->thunder, run);
    to_image_pixels(refined, square);
    pc_pose_refine(person, refined);
    return PC_OK;
}

enum pc_code pc_pose_detect(struct pc_pose *pose, const struct pc_pose_source *src,
                            struct pc_deadline deadline, struct pc_people *people,
                            struct pc_err *err)
{
    struct detection d = {pose, src, deadline, pc_xzalloc(VIEW_BYTES)};
    enum pc_code rc = detect_people(&d, people, err);
    for (int i = 0; !rc && i < people->n && i < pose->max_people; i++)
        rc = refine_person(&d, &people->p[i], err);
    if (rc)
        people->n = 0;
    free(d.rgb);
    return rc;
}
