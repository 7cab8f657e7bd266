#include "cut_images.h"

#include <string.h>

#include "bodies.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/review.h"
#include "support.h"

void cut(struct test_fixture *p, int64_t id, const struct pc_people *people)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_pipeline_overrides overrides;
    struct pc_pipeline pipeline = {
        .config = &p->config,
    };
    struct pc_pipeline_result *made = pc_xzalloc(sizeof *made);
    char *keys[PC_MAX_SHOTS + 1] = {NULL};
    assert_ok(pc_records_begin(p->records, id, &r, &err), &err);
    pc_planning_read_overrides(r.edits, &overrides);
    made->people = *people;
    struct pc_scene scene = pc_pipeline_scene(&pipeline, &overrides, W, H, people);
    scene.object = &made->object;
    pc_shots_plan(&p->recipes, &scene, &made->plan);
    for (int i = 0; i < made->plan.n_shots; i++)
        keys[i] = made->plan.shots[i].state == PC_SHOT_ABSENT ? NULL : "shots/x.jpg";
    struct pc_record_completion result = {.width = W,
                                          .height = H,
                                          .attention = made->plan.n_attention > 0,
                                          .shots = pc_result_encode_shots(made, keys),
                                          .detail = pc_result_encode_detail(made, "test")};
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    json_decref(result.shots);
    json_decref(result.detail);
    pc_record_finish(&r);
    free(made);
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

int64_t number(const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

json_t *shot(const json_t *list, const char *label)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "label")), label) == 0)
            return one;
    }
    fail_msg("no shot %s", label);
    return NULL;
}

void box_of(const json_t *o, const char *field, int out[4])
{
    const json_t *box = json_object_get(o, field);
    assert_int_equal(json_array_size(box), 4);
    for (size_t i = 0; i < 4; i++)
        out[i] = (int)json_integer_value(json_array_get(box, i));
}

enum pc_code edit(struct test_fixture *p, int64_t id, const char *change, struct pc_err *err)
{
    json_t *o = json_loads(change, 0, NULL), *answer = NULL;
    assert_non_null(o);
    enum pc_code rc = pc_service_edit(p->service, id, o, &answer, err);
    json_decref(o);
    json_decref(answer);
    return rc;
}

void expect_jobs(struct test_fixture *p, int waiting)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, waiting);
}

char *change_of(struct test_fixture *p, int64_t id, const char *label, int dx, int dy)
{
    struct pc_record r = get(p, id);
    int b[4];
    box_of(shot(r.shots, label), "box", b);
    pc_record_finish(&r);
    return pc_xasprintf("{\"boxes\": {\"%s\": [%d, %d, %d, %d]}}", label, b[0] + dx, b[1] + dy,
                        b[2], b[3]);
}
