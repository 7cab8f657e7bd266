/* Edits, previews, offsets. */
#include <stdio.h>
#include <string.h>

#include "cut_images.h"
#include "service/review.h"
#include "support.h"

static void an_edit_sends_the_image_to_be_cut(void **state)
{
    struct test_fixture *p = *state;
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
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    struct pc_record r = get(p, id);
    assert_true(r.attention);
    assert_int_equal(number(r.detail, "person"), 1);
    pc_record_finish(&r);
    assert_ok(edit(p, id, "{\"person\": 0}", &err), &err);
    cut(p, id, &people);
    r = get(p, id);
    assert_int_equal(number(r.detail, "person"), 0);
    assert_false(r.attention); /* somebody has chosen */
    pc_record_finish(&r);
    assert_code(edit(p, id, "{\"person\": 2}", &err), PC_E_BAD_REQUEST);
    assert_non_null(strstr(err.message, "2 people"));
}

static void a_chosen_person_is_found_again_in_another_order(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO), swapped = people_of(TWO), others = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    assert_ok(edit(p, id, "{\"person\": 0}", &err), &err);
    swapped.p[0] = people.p[1];
    swapped.p[1] = people.p[0];
    cut(p, id, &swapped);
    struct pc_record r = get(p, id);
    assert_int_equal(number(r.detail, "person"), 1);
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

static void expect_untouched(struct test_fixture *p, int64_t id)
{
    struct pc_record r = get(p, id);
    assert_true(r.status == PC_PROCESSED && json_object_size(r.edits) == 0);
    pc_record_finish(&r);
}

static void bad_edits_are_refused(void **state)
{
    struct test_fixture *p = *state;
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
    expect_untouched(p, id);
    expect_jobs(p, 0);
}

static void a_full_queue_takes_no_edit(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", TWO);
    bool added;
    for (int64_t i = 1000; !pc_queue_add(p->queue, i, "x", PC_PRIORITY_BATCH, &added, &err); i++)
        ;
    assert_code(edit(p, id, "{\"person\": 0}", &err), PC_E_QUEUE_FULL);
    expect_untouched(p, id);
}

static void an_image_without_its_original_stays_as_it_is(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    struct pc_record_new fresh = {.url = "u", .original_key = "originals/ab/gone.jpg"};
    int64_t id = insert(p, &fresh);
    cut(p, id, &people);
    char *change = change_of(p, id, "waist", 1, 1);
    assert_code(edit(p, id, change, &err), PC_E_ORIGINAL_MISSING);
    expect_untouched(p, id);
    assert_ok(pc_blobs_put(p->blobs, "originals/ab/gone.jpg", "x", 1, &err), &err);
    assert_ok(edit(p, id, change, &err), &err);
    free(change);
}

/* --- previews --- */

static json_t *plan_of(struct test_fixture *p, int64_t id, const char *change, const char *recipes)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *o = change ? json_loads(change, 0, NULL) : NULL, *answer = NULL;
    assert_ok(pc_service_plan(p->service, id, o, recipes, &answer, &err), &err);
    json_decref(o);
    return answer;
}

static void a_preview_says_what_a_cut_makes(void **state)
{
    struct test_fixture *p = *state;
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
    assert_int_equal(number(plan, "person"), 0);
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
    struct test_fixture *p = *state;
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
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    json_t *answer = NULL;
    struct pc_record_completion result = {.width = W, .height = H};
    int64_t id = insert(p, &(struct pc_record_new){.url = "u"});
    assert_code(pc_service_plan(p->service, id, NULL, NULL, &answer, &err), PC_E_NOT_PROCESSED);
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    assert_code(pc_service_plan(p->service, id, NULL, NULL, &answer, &err), PC_E_NOT_PROCESSED);
    /* a box can be set all the same: the label is one of the recipes in force */
    assert_code(edit(p, id, "{\"person\": 0}", &err), PC_E_BAD_REQUEST);
    assert_ok(edit(p, id, "{\"boxes\": {\"waist\": [0, 0, 400, 400]}}", &err), &err);
}

/* --- offsets --- */

static json_t *offset(struct test_fixture *p, const struct pc_offset_request *what)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    assert_ok(pc_service_offset(p->service, what, &answer, &err), &err);
    return answer;
}

static void expect_offset(json_t *answer, int looked, size_t changed, int skipped)
{
    assert_int_equal(number(answer, "looked"), looked);
    assert_int_equal(json_array_size(json_object_get(answer, "changed")), changed);
    assert_int_equal(number(answer, "skipped"), skipped);
    json_decref(answer);
}

static void an_offset_is_previewed_applied_and_cleared(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE);
    int64_t by_hand = add(p, "d", "b1", ONE);
    (void)add(p, "c", "b2", ONE);
    (void)add(p, "e", "b1", "[]");
    char *change = change_of(p, by_hand, "waist", 5, 5);
    assert_ok(edit(p, by_hand, change, &err), &err);
    cut(p, by_hand, &people);
    expect_jobs(p, 1);
    struct pc_offset_request what = {
        .label = "waist", .x = .1, .y = -.05, .scale = 1.1, .batch = "b1", .dry_run = true};
    int planned[4], box[4];
    json_t *answer = offset(p, &what);
    const json_t *first = json_array_get(json_object_get(answer, "changed"), 0);
    assert_int_equal(number(first, "id"), a);
    assert_int_equal(number(first, "width"), W);
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
    what.clear = true;
    expect_offset(offset(p, &what), 4, 2, 2);
    cut(p, a, &people);
    r = get(p, a);
    box_of(shot(r.shots, "waist"), "box", now);
    assert_memory_equal(now, planned, sizeof now);
    assert_int_equal(json_object_size(r.edits), 0);
    pc_record_finish(&r);
    free(change);
}

static void an_offset_goes_by_ids_and_pages(void **state)
{
    struct test_fixture *p = *state;
    p->config.queue_max = 2;
    int64_t ids[5];
    for (int i = 0; i < 5; i++) {
        char url[8];
        snprintf(url, sizeof url, "u%d", i);
        ids[i] = add(p, url, "", ONE);
    }
    struct pc_offset_request what = {.label = "waist", .y = .1, .scale = 1, .dry_run = true};
    json_t *answer = offset(p, &what);
    assert_int_equal(number(answer, "next"), ids[1]);
    expect_offset(answer, 2, 2, 0);
    what.after_id = ids[3];
    answer = offset(p, &what);
    assert_true(json_is_null(json_object_get(answer, "next")));
    expect_offset(answer, 1, 1, 0);
    int64_t named[] = {ids[4], 999, ids[0]};
    what =
        (struct pc_offset_request){.label = "waist", .y = .1, .scale = 1, .ids = named, .n_ids = 3};
    expect_offset(offset(p, &what), 3, 2, 1);
    expect_offset(offset(p, &what), 3, 0, 3); /* pending by now */
    what.label = "no-such";
    expect_offset(offset(p, &what), 3, 0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(an_edit_sends_the_image_to_be_cut),
        WITH_FIXTURE(a_chosen_person_is_shown),
        WITH_FIXTURE(a_chosen_person_is_found_again_in_another_order),
        WITH_FIXTURE(bad_edits_are_refused),
        WITH_FIXTURE(a_full_queue_takes_no_edit),
        WITH_FIXTURE(an_image_without_its_original_stays_as_it_is),
        WITH_FIXTURE(a_preview_says_what_a_cut_makes),
        WITH_FIXTURE(other_recipes_can_be_tried),
        WITH_FIXTURE(without_landmarks_there_is_no_preview),
        WITH_FIXTURE(an_offset_is_previewed_applied_and_cleared),
        WITH_FIXTURE(an_offset_goes_by_ids_and_pages),
    };
    return cmocka_run_group_tests_name("hands", tests, NULL, NULL);
}
