/* Two passes over an image: MultiPose on all of it, then Thunder on a square around each person.
 * If MultiPose finds nobody in a long image, it looks at squares along it.
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
static const double LONG_IMAGE = 2; /* long side to the side of the squares along it */
static const double SAME_PLACE =
    .5; /* share of the smaller box that two detections of one person share */
static const double CUT_EDGE = .02; /* of a square: a person who is so near to its edge is cut */

enum {
    VIEW_BYTES = PC_INPUT_SIDE * PC_INPUT_SIDE * 3,
    NEAR_LEAST_PX = 64, /* in a narrower image, squares along it show nobody either */
    MOST_SQUARES = 24
};

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
    struct pc_sha256 *both = pc_sha256_create();
    char hex[PC_SHA256_HEX];
    pc_sha256_update(both, pc_session_sha256(pose->multipose), PC_SHA256_HEX - 1);
    pc_sha256_update(both, pc_session_sha256(pose->thunder), PC_SHA256_HEX - 1);
    pc_sha256_end(both, hex);
    snprintf(pose->id, sizeof pose->id, "movenet-multipose+thunder@%.12s", hex);
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

/* Looks at one square of the image. Fills people. */
static enum pc_code detect_in_square(struct detection *d, struct pc_box square,
                                     struct pc_people *people, struct pc_err *err)
{
    struct pc_box image = {0, 0, d->src->width, d->src->height};
    double scale = square.w / PC_INPUT_SIDE;
    struct pc_run *run = NULL;
    enum pc_code rc = run_network(d, d->pose->multipose, square, &run, err);
    if (rc)
        return rc;
    pc_movenet_read_multipose(run, people);
    pc_session_release_run(d->pose->multipose, run);
    for (int i = 0; i < people->n; i++) {
        struct pc_box b = people->p[i].box;
        people->p[i].box =
            pc_box_intersect((struct pc_box){square.x + b.x * scale, square.y + b.y * scale,
                                             b.w * scale, b.h * scale},
                             image);
        to_image_pixels(people->p[i].keypoints, square);
    }
    pc_pose_suppress(people, d->pose->min_person);
    return PC_OK;
}

/* Does the square cut this box off? Its neighbour, which overlaps it by half, then shows more. */
static bool is_cut(struct pc_box box, struct pc_box square, struct pc_box image)
{
    double edge = square.w * CUT_EDGE;
    return (box.x < square.x + edge && square.x > edge) ||
           (box.y < square.y + edge && square.y > edge) ||
           (box.x + box.w > square.x + square.w - edge && square.x + square.w < image.w - edge) ||
           (box.y + box.h > square.y + square.h - edge && square.y + square.h < image.h - edge);
}

/* Adds a person; one of the first `earlier` who stands in the same place is the same one, seen in
 * another square. Of the same, and of too many, those with the best scores stay. */
static void add_person(struct pc_people *people, int earlier, const struct pc_person *person)
{
    double area = pc_box_area(person->box);
    int at = -1;
    for (int i = 0; i < earlier && at < 0; i++) {
        double shared = pc_box_area(pc_box_intersect(people->p[i].box, person->box));
        if (shared >= SAME_PLACE * fmin(area, pc_box_area(people->p[i].box)))
            at = i;
    }
    if (at < 0 && people->n < PC_MAX_PEOPLE) {
        people->p[people->n++] = *person;
        return;
    }
    if (at < 0) {
        at = 0;
        for (int i = 1; i < people->n; i++)
            at = people->p[i].score < people->p[at].score ? i : at;
    }
    if (people->p[at].score < person->score)
        people->p[at] = *person;
}

/* The side of the squares along a long image: its height, or twice its width, since people are
 * higher than wide. */
static double near_side(double w, double h)
{
    return w > h ? h : 2 * w;
}

/* Looks at squares along a long image, each half over the last one. */
static enum pc_code detect_along(struct detection *d, struct pc_people *people, struct pc_err *err)
{
    struct pc_box image = {0, 0, d->src->width, d->src->height};
    bool wide = image.w > image.h;
    double side = near_side(image.w, image.h), rest = fmax(image.w, image.h) - side;
    int last = (int)fmin(ceil(rest / (side / 2)), MOST_SQUARES - 1);
    struct pc_people cut = {.n = 0};
    people->n = 0;
    for (int i = 0; i <= last; i++) {
        double at = rest * i / last;
        struct pc_box square = {wide ? at : (image.w - side) / 2, wide ? 0 : at, side, side};
        struct pc_people found;
        enum pc_code rc = detect_in_square(d, square, &found, err);
        if (rc)
            return rc;
        int earlier = people->n, earlier_cut = cut.n;
        for (int k = 0; k < found.n; k++)
            if (is_cut(found.p[k].box, square, image))
                add_person(&cut, earlier_cut, &found.p[k]);
            else
                add_person(people, earlier, &found.p[k]);
    }
    if (!people->n)
        *people = cut;
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
    double w = src->width, h = src->height, longer = fmax(w, h);
    struct pc_box all = {0, 0, longer, longer};
    enum pc_code rc = detect_in_square(&d, all, people, err);
    /* In a very long image the network sees people a few pixels high, so it looks again from nearer. */
    if (!rc && people->n == 0 && longer >= LONG_IMAGE * near_side(w, h) &&
        fmin(w, h) >= NEAR_LEAST_PX)
        rc = detect_along(&d, people, err);
    for (int i = 0; !rc && i < people->n && i < pose->max_people; i++)
        rc = refine_person(&d, &people->p[i], err);
    if (rc)
        people->n = 0;
    free(d.rgb);
    return rc;
}
