/* Edits, previews, offsets and reviews on memory drivers; figures of data instead of a network. */
#include <stdio.h>
#include <string.h>

#include "../shots/figures.h"
#include "parts.h"
#include "service/hands.h"
#include "service/internal.h"
#include "service/planning.h"
#include "support.h"

enum { W = 2000, H = 1250 };

static int start(void **state)
{
    static struct test_parts parts;
    test_parts_init(&parts);
    test_parts_start(&parts, false);
    *state = &parts;
    return 0;
}

static int stop(void **state)
{
    test_parts_stop(*state);
    return 0;
}

#define ONE "[{\"figure\": \"standing\"}]"
#define TWO                                                                                        \
    "[{\"figure\": \"standing\", \"scale\": 0.5, \"shift\": [1200, 300]}, "                        \
    "{\"figure\": \"standing\"}]"

/* What a worker does with a pending image, but for pixels: planned by its edits, finished. */
static void cut(struct test_parts *p, int64_t id, const struct pc_people *people)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_hand hand;
    struct pc_pipeline line = {.config = &p->config, .recipes = &p->recipes, .hand = &hand};
    struct pc_made *made = pc_xmalloc(sizeof *made);
    char *keys[PC_MAX_SHOTS + 1] = {NULL};
    assert_ok(pc_records_begin(p->records, id, &r, &err), &err);
    pc_hand_read(r.edits, &hand);
    made->people = *people;
    struct pc_scene scene = pc_pipeline_scene(&line, W, H, people);
    scene.object = &made->object;
    pc_shots_plan(&p->recipes, &scene, &made->plan);
    for (int i = 0; i < made->plan.n_shots; i++)
        keys[i] = made->plan.shots[i].state == PC_SHOT_ABSENT ? NULL : "shots/x.jpg";
    struct pc_record_result result = {.width = W,
                                      .height = H,
                                      .attention = made->plan.n_attention > 0,
                                      .shots = pc_made_shots_json(made, keys),
                                      .detail = pc_made_detail_json(made, "test")};
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    json_decref(result.shots);
    json_decref(result.detail);
    pc_record_finish(&r);
    free(made);
}

static struct pc_people people_of(const char *who)
{
    struct pc_people people = {.n = 0};
    json_t *figures = figures_file("figures.json"), *list = json_loads(who, 0, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        people.p[people.n++] = figures_person(figures, json_array_get(list, i));
    json_decref(figures);
    json_decref(list);
    return people;
}

static int64_t add(struct test_parts *p, const char *url, const char *batch, const char *who)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    struct pc_people people = people_of(who);
    struct pc_record_new fresh = {.url = url, .name = url, .batch = batch};
    assert_ok(pc_records_insert(p->records, &fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    cut(p, id, &people);
    return id;
}

static struct pc_record get(struct test_parts *p, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_get(p->records, id, &r, &err), &err);
    return r;
}

static json_t *shot(const json_t *list, const char *label)
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

static void box_of(const json_t *o, const char *field, int out[4])
{
    const json_t *box = json_object_get(o, field);
    assert_int_equal(json_array_size(box), 4);
    for (size_t i = 0; i < 4; i++)
        out[i] = (int)json_integer_value(json_array_get(box, i));
}

static enum pc_code edit(struct test_parts *p, int64_t id, const char *change, struct pc_err *err)
{
    json_t *o = json_loads(change, 0, NULL), *answer = NULL;
    assert_non_null(o);
    enum pc_code rc = pc_service_edit(p->service, id, o, &answer, err);
    json_decref(o);
    json_decref(answer);
    return rc;
}

static void expect_jobs(struct test_parts *p, int waiting)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, waiting);
}

/* A box of this size in the shape of the shot that is planned. */
static char *change_of(struct test_parts *p, int64_t id, const char *label, int dx, int dy)
{
    struct pc_record r = get(p, id);
    int b[4];
    box_of(shot(r.shots, label), "box", b);
    pc_record_finish(&r);
    return pc_xasprintf("{\"boxes\": {\"%s\": [%d, %d, %d, %d]}}", label, b[0] + dx, b[1] + dy,
                        b[2], b[3]);
}

static void an_edit_sends_the_image_to_be_cut(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    int64_t id = add(p, "u", "", ONE);
    int planned[4], box[4];
    struct pc_record r = get(p, id);
    box_of(shot(r.shots, "waist"), "box", planned);
    pc_record_finish(&r);
    char *change = change_of(p, id, "waist", 7, -3);
    assert_ok(edit(p, id, change, &err), &err);
    expect_jobs(p, 1);
    r = get(p, id);
    assert_int_equal(r.status, PC_PENDING);
    pc_record_finish(&r);
    assert_code(edit(p, id, change, &err), PC_E_NOT_PROCESSED); /* another waits for its cut */
    cut(p, id, &people);
    r = get(p, id);
    box_of(shot(r.shots, "waist"), "box", box);
    assert_true(box[0] == planned[0] + 7 && box[1] == planned[1] - 3 && box[2] == planned[2]);
    assert_string_equal(json_string_value(json_object_get(shot(r.shots, "waist"), "by")), "hand");
    int64_t seq = r.seq;
    pc_record_finish(&r);
    assert_ok(edit(p, id, change, &err), &err); /* no difference: nothing happens */
    assert_ok(edit(p, id, "{}", &err), &err);
    assert_ok(edit(p, id, "{\"person\": null, \"boxes\": {\"neck\": null}}", &err), &err);
    r = get(p, id);
    assert_true(r.seq == seq && r.status == PC_PROCESSED);
    pc_record_finish(&r);
    assert_ok(edit(p, id, "{\"boxes\": {\"waist\": null}}", &err), &err);
    cut(p, id, &people);
    r = get(p, id);
    box_of(shot(r.shots, "waist"), "box", box);
    assert_memory_equal(box, planned, sizeof box);
    assert_int_equal(json_object_size(r.edits), 0);
    pc_record_finish(&r);
    free(change);
}

static void a_chosen_person_is_shown(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    struct pc_record r = get(p, id);
    assert_true(r.attention);
    assert_int_equal(json_integer_value(json_object_get(r.detail, "person")), 1);
    pc_record_finish(&r);
    assert_ok(edit(p, id, "{\"person\": 0}", &err), &err);
    cut(p, id, &people);
    r = get(p, id);
    assert_int_equal(json_integer_value(json_object_get(r.detail, "person")), 0);
    assert_false(r.attention); /* somebody has chosen */
    pc_record_finish(&r);
    assert_code(edit(p, id, "{\"person\": 2}", &err), PC_E_BAD_REQUEST);
    assert_non_null(strstr(err.message, "2 people"));
}

static void a_chosen_person_is_found_again_in_another_order(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO), swapped = people_of(TWO), others = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    assert_ok(edit(p, id, "{\"person\": 0}", &err), &err);
    swapped.p[0] = people.p[1];
    swapped.p[1] = people.p[0];
    cut(p, id, &swapped);
    struct pc_record r = get(p, id);
    assert_int_equal(json_integer_value(json_object_get(r.detail, "person")), 1);
    assert_false(r.attention);
    pc_record_finish(&r);
    assert_ok(pc_records_recut(p->records, id, &r, &err), &err);
    pc_record_finish(&r);
    others.p[0].box.x = others.p[1].box.x = 700; /* nobody stands there any more */
    others.p[0].box.y = 900;
    cut(p, id, &others);
    r = get(p, id);
    assert_true(r.attention); /* so a person has to choose again */
    pc_record_finish(&r);
}

static void bad_edits_are_refused(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE);
    static const struct {
        const char *change;
        enum pc_code code;
    } cases[] = {
        {"{\"person\": -1}", PC_E_BAD_JSON},
        {"{\"person\": 1.5}", PC_E_BAD_JSON},
        {"{\"person\": \"0\"}", PC_E_BAD_JSON},
        {"{\"person\": 1}", PC_E_BAD_REQUEST},
        {"{\"persons\": 0}", PC_E_BAD_JSON},
        {"{\"boxes\": []}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": 5}}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": [1, 2, 3]}}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": [1, 2, 3, 4, 5]}}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": [1, 2, 3, \"4\"]}}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": [1e300, 0, 100, 100]}}", PC_E_BAD_JSON},
        {"{\"boxes\": {\"waist\": [0, 0, 15, 15]}}", PC_E_BAD_REQUEST},
        {"{\"boxes\": {\"waist\": [0, 0, -100, -100]}}", PC_E_BAD_REQUEST},
        {"{\"boxes\": {\"waist\": [-1, 0, 100, 100]}}", PC_E_BAD_REQUEST},
        {"{\"boxes\": {\"waist\": [1901, 0, 100, 100]}}", PC_E_BAD_REQUEST},
        {"{\"boxes\": {\"waist\": [0, 0, 100, 900]}}", PC_E_BAD_REQUEST},
        {"{\"boxes\": {\"no-such\": [0, 0, 100, 100]}}", PC_E_BAD_REQUEST},
        {"[]", PC_E_BAD_JSON},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (edit(p, id, cases[i].change, &err) != cases[i].code)
            fail_msg("%s: %s", cases[i].change, err.message);
    assert_code(edit(p, 99, "{}", &err), PC_E_NOT_FOUND);
    struct pc_record r = get(p, id);
    assert_true(r.status == PC_PROCESSED && json_object_size(r.edits) == 0);
    pc_record_finish(&r);
    expect_jobs(p, 0);
}

static void a_full_queue_takes_no_edit(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", TWO);
    bool added;
    for (int64_t i = 1000; !pc_queue_add(p->queue, i, "x", PC_PRIORITY_BATCH, &added, &err); i++)
        ;
    assert_code(edit(p, id, "{\"person\": 0}", &err), PC_E_QUEUE_FULL);
    struct pc_record r = get(p, id);
    assert_true(r.status == PC_PROCESSED && json_object_size(r.edits) == 0);
    pc_record_finish(&r);
}

static void an_image_without_its_original_stays_as_it_is(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    struct pc_people people = people_of(ONE);
    struct pc_record_new fresh = {.url = "u", .original_key = "originals/ab/gone.jpg"};
    assert_ok(pc_records_insert(p->records, &fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    cut(p, id, &people);
    char *change = change_of(p, id, "waist", 1, 1);
    assert_code(edit(p, id, change, &err), PC_E_ORIGINAL_MISSING);
    r = get(p, id);
    assert_true(r.status == PC_PROCESSED && json_object_size(r.edits) == 0);
    pc_record_finish(&r);
    assert_ok(pc_blobs_put(p->blobs, "originals/ab/gone.jpg", "x", 1, &err), &err);
    assert_ok(edit(p, id, change, &err), &err);
    free(change);
}

/* --- previews --- */

static json_t *plan_of(struct test_parts *p, int64_t id, const char *change, const char *recipes)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *o = change ? json_loads(change, 0, NULL) : NULL, *answer = NULL;
    assert_ok(pc_service_plan(p->service, id, o, recipes, &answer, &err), &err);
    json_decref(o);
    return answer;
}

static void a_preview_says_what_a_cut_makes(void **state)
{
    struct test_parts *p = *state;
    struct pc_people people = people_of(TWO);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", TWO);
    int stored[4], planned[4];
    json_t *plan = plan_of(p, id, NULL, NULL);
    struct pc_record r = get(p, id);
    box_of(shot(r.shots, "length"), "box", stored);
    box_of(shot(json_object_get(plan, "shots"), "length"), "box", planned);
    assert_memory_equal(stored, planned, sizeof stored);
    assert_int_equal(json_array_size(json_object_get(plan, "attention")), 1);
    assert_null(json_object_get(shot(json_object_get(plan, "shots"), "length"), "url"));
    int64_t seq = r.seq;
    json_decref(plan);
    pc_record_finish(&r);
    plan = plan_of(p, id, "{\"person\": 0}", NULL);
    box_of(shot(json_object_get(plan, "shots"), "length"), "box", planned);
    assert_int_equal(json_integer_value(json_object_get(plan, "person")), 0);
    json_decref(plan);
    r = get(p, id);
    assert_true(r.seq == seq && json_object_size(r.edits) == 0);
    pc_record_finish(&r);
    assert_ok(edit(p, id, "{\"person\": 0}", &err), &err);
    cut(p, id, &people);
    r = get(p, id);
    box_of(shot(r.shots, "length"), "box", stored);
    assert_memory_equal(stored, planned, sizeof stored);
    pc_record_finish(&r);
}

static void other_recipes_can_be_tried(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE);
    json_t *answer = NULL;
    json_t *plan =
        plan_of(p, id, NULL, "[\"person\", {\"label\": \"mine\", \"keep\": [\"nose\"]}]");
    assert_int_equal(json_array_size(json_object_get(plan, "shots")), 2);
    shot(json_object_get(plan, "shots"), "mine");
    json_decref(plan);
    assert_code(pc_service_plan(p->service, id, NULL, "[{\"label\": 5}]", &answer, &err),
                PC_E_BAD_RECIPE);
    assert_code(pc_service_plan(p->service, id, NULL, "{", &answer, &err), PC_E_BAD_RECIPE);
    assert_code(pc_service_plan(p->service, 99, NULL, NULL, &answer, &err), PC_E_NOT_FOUND);
    json_t *bad = json_pack("{s:i}", "person", 7);
    assert_code(pc_service_plan(p->service, id, bad, NULL, &answer, &err), PC_E_BAD_REQUEST);
    json_decref(bad);
}

static void without_landmarks_there_is_no_preview(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    json_t *answer = NULL;
    struct pc_record_result result = {.width = W, .height = H};
    assert_ok(
        pc_records_insert(p->records, &(struct pc_record_new){.url = "u"}, &r, &created, &err),
        &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    assert_code(pc_service_plan(p->service, id, NULL, NULL, &answer, &err), PC_E_NOT_PROCESSED);
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    assert_code(pc_service_plan(p->service, id, NULL, NULL, &answer, &err), PC_E_NOT_PROCESSED);
    /* a box can be set all the same: the label is one of the recipes in force */
    assert_code(edit(p, id, "{\"person\": 0}", &err), PC_E_BAD_REQUEST);
    assert_ok(edit(p, id, "{\"boxes\": {\"waist\": [0, 0, 400, 400]}}", &err), &err);
}

/* --- offsets --- */

static json_t *offset(struct test_parts *p, const struct pc_offset *what)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    assert_ok(pc_service_offset(p->service, what, &answer, &err), &err);
    return answer;
}

static void expect_offset(json_t *answer, int looked, size_t changed, int skipped)
{
    assert_int_equal(json_integer_value(json_object_get(answer, "looked")), looked);
    assert_int_equal(json_array_size(json_object_get(answer, "changed")), changed);
    assert_int_equal(json_integer_value(json_object_get(answer, "skipped")), skipped);
    json_decref(answer);
}

static void an_offset_is_tried_applied_and_taken_back(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE), other = add(p, "c", "b2", ONE);
    int64_t by_hand = add(p, "d", "b1", ONE), nobody = add(p, "e", "b1", "[]");
    char *change = change_of(p, by_hand, "waist", 5, 5);
    assert_ok(edit(p, by_hand, change, &err), &err);
    cut(p, by_hand, &people);
    expect_jobs(p, 1);
    struct pc_offset what = {
        .label = "waist", .x = .1, .y = -.05, .scale = 1.1, .batch = "b1", .dry_run = true};
    int planned[4], box[4];
    json_t *answer = offset(p, &what);
    const json_t *first = json_array_get(json_object_get(answer, "changed"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "id")), a);
    assert_int_equal(json_integer_value(json_object_get(first, "width")), W);
    box_of(first, "planned", planned);
    box_of(first, "box", box);
    assert_true(box[2] > planned[2] && box[3] > planned[3]);
    assert_true(json_is_null(json_object_get(answer, "next")));
    expect_offset(answer, 4, 2, 2); /* by hand, and nobody there */
    expect_jobs(p, 1);
    what.dry_run = false;
    expect_offset(offset(p, &what), 4, 2, 2);
    expect_jobs(p, 3);
    cut(p, a, &people);
    cut(p, b, &people);
    struct pc_record r = get(p, a);
    int now[4];
    box_of(shot(r.shots, "waist"), "box", now);
    assert_memory_equal(now, box, sizeof now);
    assert_string_equal(json_string_value(json_object_get(shot(r.shots, "waist"), "by")), "batch");
    pc_record_finish(&r);
    expect_offset(offset(p, &what), 4, 0, 2); /* the planned box is moved, not the moved one */
    what.take_back = true;
    expect_offset(offset(p, &what), 4, 2, 2);
    cut(p, a, &people);
    r = get(p, a);
    box_of(shot(r.shots, "waist"), "box", now);
    assert_memory_equal(now, planned, sizeof now);
    assert_int_equal(json_object_size(r.edits), 0);
    pc_record_finish(&r);
    (void)other;
    (void)nobody;
    free(change);
}

static void an_offset_goes_by_ids_and_pages(void **state)
{
    struct test_parts *p = *state;
    p->config.queue_max = 2;
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        char url[8];
        snprintf(url, sizeof url, "u%d", i);
        ids[i] = add(p, url, "", ONE);
    }
    struct pc_offset what = {.label = "waist", .y = .1, .scale = 1, .dry_run = true};
    json_t *answer = offset(p, &what);
    assert_int_equal(json_integer_value(json_object_get(answer, "next")), ids[1]);
    expect_offset(answer, 2, 2, 0);
    what.after_id = ids[3];
    answer = offset(p, &what);
    assert_true(json_is_null(json_object_get(answer, "next")));
    expect_offset(answer, 1, 1, 0);
    int64_t named[] = {ids[4], 999, ids[0]};
    what = (struct pc_offset){.label = "waist", .y = .1, .scale = 1, .ids = named, .n_ids = 3};
    expect_offset(offset(p, &what), 3, 2, 1);
    expect_offset(offset(p, &what), 3, 0, 3); /* pending by now */
    what.label = "no-such";
    expect_offset(offset(p, &what), 3, 0, 3);
}

/* --- review --- */

static json_t *say(struct test_parts *p, int64_t id, enum pc_review verdict, const char *reason,
                   const char *label)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *labels = label ? json_pack("[s]", label) : NULL, *answer;
    struct pc_opinion what = {.verdict = verdict, .reason = reason, .shots = labels};
    assert_ok(pc_service_review(p->service, id, &what, &answer, &err), &err);
    json_decref(labels);
    return answer;
}

static void expect_review(json_t *image, const char *review)
{
    assert_string_equal(json_string_value(json_object_get(image, "review")), review);
    json_decref(image);
}

static void shots_are_approved_rejected_and_taken_back(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE), waiting;
    struct pc_record r;
    bool created;
    json_t *answer = NULL, *bad = json_pack("[s]", "no-such");
    expect_review(say(p, id, PC_REVIEW_APPROVED, NULL, NULL), "approved");
    expect_review(say(p, id, PC_REVIEW_NONE, NULL, NULL), "none");
    expect_review(say(p, id, PC_REVIEW_APPROVED, NULL, "neck"), "none");
    expect_review(say(p, id, PC_REVIEW_REJECTED, "too low", "waist"), "rejected");
    answer = say(p, id, PC_REVIEW_APPROVED, NULL, NULL);
    const json_t *verdict =
        json_object_get(shot(json_object_get(answer, "shots"), "waist"), "verdict");
    assert_string_equal(json_string_value(json_object_get(verdict, "first")), "rejected");
    expect_review(answer, "approved");
    struct pc_opinion what = {.verdict = PC_REVIEW_APPROVED, .shots = bad};
    assert_code(pc_service_review(p->service, id, &what, &answer, &err), PC_E_BAD_REQUEST);
    assert_code(pc_service_review(p->service, 99, &what, &answer, &err), PC_E_NOT_FOUND);
    assert_ok(
        pc_records_insert(p->records, &(struct pc_record_new){.url = "w"}, &r, &created, &err),
        &err);
    waiting = r.id;
    pc_record_finish(&r);
    assert_code(pc_service_review(p->service, waiting, &what, &answer, &err), PC_E_NOT_PROCESSED);
    json_decref(bad);
}

static void a_picture_without_files_can_be_approved(void **state)
{
    struct test_parts *p = *state;
    int64_t id = add(p, "u", "", "[]");
    struct pc_record r = get(p, id);
    for (size_t i = 0; i < json_array_size(r.shots); i++) /* none of the recipes shows an object */
        json_object_del(json_array_get(r.shots, i), "key");
    struct pc_err err = PC_ERR_INIT;
    struct pc_record again;
    assert_ok(pc_records_recut(p->records, id, &again, &err), &err);
    pc_record_finish(&again);
    struct pc_record_result result = {
        .width = W, .height = H, .attention = true, .shots = r.shots, .detail = r.detail};
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    pc_record_finish(&r);
    expect_review(say(p, id, PC_REVIEW_APPROVED, NULL, NULL), "approved");
}

static const json_t *rate_of(const json_t *rates, const char *label)
{
    return shot(json_object_get(rates, "recipes"), label);
}

static void rates_tell_what_was_right_at_the_first_look(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    json_t *rates;
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE), c = add(p, "c", "b2", ONE);
    int64_t unseen = add(p, "d", "b1", ONE);
    json_decref(say(p, a, PC_REVIEW_APPROVED, NULL, NULL));
    json_decref(say(p, b, PC_REVIEW_REJECTED, "too low", "waist"));
    json_decref(say(p, b, PC_REVIEW_APPROVED, NULL, NULL));
    char *change = change_of(p, c, "neck", 0, 3);
    assert_ok(edit(p, c, change, &err), &err);
    cut(p, c, &people);
    json_decref(say(p, c, PC_REVIEW_APPROVED, NULL, NULL));
    assert_ok(pc_service_rates(p->service, NULL, &rates, &err), &err);
    assert_int_equal(json_integer_value(json_object_get(rates, "images")), 3);
    const json_t *waist = rate_of(rates, "waist"), *neck = rate_of(rates, "neck");
    assert_int_equal(json_integer_value(json_object_get(waist, "reviewed")), 3);
    assert_int_equal(json_integer_value(json_object_get(waist, "first")), 2);
    assert_true(json_real_value(json_object_get(waist, "rate")) > .66);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(waist, "reasons"), "too low")), 1);
    assert_int_equal(json_integer_value(json_object_get(neck, "first")), 2); /* one corrected */
    json_decref(rates);
    assert_ok(pc_service_rates(p->service, "b2", &rates, &err), &err);
    assert_int_equal(json_integer_value(json_object_get(rates, "images")), 1);
    json_decref(rates);
    assert_ok(pc_service_rates(p->service, "absent", &rates, &err), &err);
    assert_int_equal(json_array_size(json_object_get(rates, "recipes")), 0);
    json_decref(rates);
    (void)unseen;
    free(change);
}

/* --- lists --- */

static json_t *list(struct test_parts *p, const struct pc_record_query *q)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    assert_ok(pc_service_list(p->service, q, &answer, &err), &err);
    return answer;
}

static void lists_count_within_and_tell_what_went(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", TWO), c = add(p, "c", "b2", TWO);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    q.batch = "b1";
    q.attention = 1;
    json_t *answer = list(p, &q), *counts = json_object_get(answer, "counts");
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 1);
    assert_int_equal(json_integer_value(json_object_get(counts, "processed")), 2);
    assert_int_equal(json_integer_value(json_object_get(counts, "attention")), 1);
    assert_null(json_object_get(answer, "removed"));
    json_decref(answer);
    q.attention = 0;
    answer = list(p, &q);
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 1);
    json_decref(answer);
    q.status = PC_PROCESSED;
    answer = list(p, &q);
    assert_int_equal(json_integer_value(json_object_get(answer, "total")), 1);
    q.since_seq = json_integer_value(json_object_get(answer, "seq"));
    json_decref(answer);
    assert_ok(pc_service_remove(p->service, c, &err), &err);
    assert_ok(pc_service_remove(p->service, a, &err), &err);
    answer = list(p, &q);
    json_t *removed = json_object_get(answer, "removed");
    assert_int_equal(json_array_size(removed), 2);
    assert_int_equal(json_integer_value(json_array_get(removed, 0)), c);
    assert_true(json_is_false(json_object_get(answer, "reset")));
    json_decref(answer);
    (void)b;
}

static void a_poller_who_missed_too_much_reads_anew(void **state)
{
    struct test_parts *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t first = add(p, "first", "", ONE);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    json_t *answer = list(p, &q);
    q.since_seq = json_integer_value(json_object_get(answer, "seq"));
    json_decref(answer);
    for (int i = 0; i < 1001; i++) {
        struct pc_record r;
        bool created;
        assert_ok(
            pc_records_insert(p->records, &(struct pc_record_new){.url = "u"}, &r, &created, &err),
            &err);
        assert_ok(pc_service_remove(p->service, r.id, &err), &err);
        pc_record_finish(&r);
    }
    answer = list(p, &q);
    assert_true(json_is_true(json_object_get(answer, "reset")));
    assert_int_equal(json_array_size(json_object_get(answer, "removed")), 0);
    q.since_seq = json_integer_value(json_object_get(answer, "seq"));
    json_decref(answer);
    answer = list(p, &q);
    assert_true(json_is_false(json_object_get(answer, "reset")));
    json_decref(answer);
    (void)first;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_edit_sends_the_image_to_be_cut),
        TEST(a_chosen_person_is_shown),
        TEST(a_chosen_person_is_found_again_in_another_order),
        TEST(bad_edits_are_refused),
        TEST(a_full_queue_takes_no_edit),
        TEST(an_image_without_its_original_stays_as_it_is),
        TEST(a_preview_says_what_a_cut_makes),
        TEST(other_recipes_can_be_tried),
        TEST(without_landmarks_there_is_no_preview),
        TEST(an_offset_is_tried_applied_and_taken_back),
        TEST(an_offset_goes_by_ids_and_pages),
        TEST(shots_are_approved_rejected_and_taken_back),
        TEST(a_picture_without_files_can_be_approved),
        TEST(rates_tell_what_was_right_at_the_first_look),
        TEST(lists_count_within_and_tell_what_went),
        TEST(a_poller_who_missed_too_much_reads_anew),
    };
    return cmocka_run_group_tests_name("hands", tests, NULL, NULL);
}
