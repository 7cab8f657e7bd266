#include "cut_images.h"

#include <string.h>

#include "bodies.h"
#include "service/edits.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/recording.h"
#include "support.h"

void cut(struct test_fixture *p, int64_t id, const struct pc_people *people)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_result result;
    struct pc_pipeline_overrides overrides;
    struct pc_pipeline pipeline = {.config = &p->config};
    struct pc_pipeline_result *run = pc_xzalloc(sizeof *run);
    char *keys[PC_MAX_SHOTS] = {NULL};
    assert_ok(pc_records_begin(p->records, id, &r, &err), &err);
    pc_planning_read_overrides(&r.edits, &overrides);
    run->people = *people;
    struct pc_scene scene = pc_pipeline_scene(&pipeline, &overrides, W, H, people);
    scene.object = &run->object;
    pc_shots_plan(&p->recipes, &scene, &run->plan);
    for (int i = 0; i < run->plan.n_shots; i++)
        keys[i] = run->plan.shots[i].state == PC_SHOT_ABSENT ? NULL : "shots/x.jpg";
    pc_recording_of_run(run, keys, "test", NULL, &result);
    struct pc_record_completion completion = {
        .width = W, .height = H, .attention = run->plan.n_attention > 0, .result = &result};
    assert_ok(pc_records_finish(p->records, id, &completion, &err), &err);
    pc_record_result_finish(&result);
    pc_record_finish(&r);
    free(run);
}

struct pc_people people_of(const char *who)
{
    struct pc_people people = {.n = 0};
    json_t *figures = bodies_file("figures.json"), *list = json_loads(who, 0, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        people.p[people.n++] = bodies_person(figures, json_array_get(list, i));
    json_decref(figures);
    json_decref(list);
    return people;
}

int64_t insert(struct test_fixture *p, const struct pc_record_new *fresh)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(pc_records_insert(p->records, fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    return id;
}

int64_t add(struct test_fixture *p, const char *url, const char *batch, const char *who)
{
    struct pc_people people = people_of(who);
    struct pc_record_new fresh = {.url = url, .name = url, .batch = batch};
    int64_t id = insert(p, &fresh);
    cut(p, id, &people);
    return id;
}

struct pc_record get(struct test_fixture *p, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_get(p->records, id, &r, &err), &err);
    return r;
}

const struct pc_record_shot *shot(const struct pc_record_result *result, const char *label)
{
    const struct pc_record_shot *found = pc_record_result_find(result, label);
    if (!found)
        fail_msg("no shot %s", label);
    return found;
}

struct pc_ibox box_of(struct test_fixture *p, int64_t id, const char *label)
{
    struct pc_record r = get(p, id);
    struct pc_ibox box = shot(&r.result, label)->box;
    assert_true(box.w > 0);
    pc_record_finish(&r);
    return box;
}

void expect_box(struct pc_ibox box, struct pc_ibox wanted)
{
    assert_memory_equal(&box, &wanted, sizeof box);
}

static enum pc_code edit(struct test_fixture *p, int64_t id, const struct pc_edit_request *request,
                         struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_service_edit(p->service, id, request, &r, err);
    pc_record_finish(&r);
    return rc;
}

enum pc_code edit_person(struct test_fixture *p, int64_t id, int64_t person, struct pc_err *err)
{
    struct pc_edit_request request = {.sets_person = true, .person = person};
    return edit(p, id, &request, err);
}

enum pc_code edit_box(struct test_fixture *p, int64_t id, const char *label,
                      const struct pc_ibox *box, struct pc_err *err)
{
    struct pc_edit_box set = {.label = label, .clear = !box};
    if (box)
        set.box = *box;
    struct pc_edit_request request = {.n_boxes = 1, .boxes = &set};
    return edit(p, id, &request, err);
}

void expect_jobs(struct test_fixture *p, int waiting)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, waiting);
}
