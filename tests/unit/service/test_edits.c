/* Edits, previews, offsets. */
#include "service/edits.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cut_images.h"
#include "jobs.h"
#include "support.h"

static void an_edit_sends_the_image_to_be_cut(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    int64_t id = add(p, "u", "", ONE);
    struct pc_ibox planned = box_of(p, id, "waist"), moved = planned;
    moved.x += 7;
    moved.y -= 3;
    assert_ok(edit_box(p, id, "waist", &moved, &err), &err);
    expect_jobs(p, 1);
    struct pc_record r = get(p, id);
    assert_int_equal(r.status, PC_PENDING);
    pc_record_finish(&r);
    assert_code(edit_box(p, id, "waist", &moved, &err), PC_E_NOT_PROCESSED); /* waits for its cut */
    cut(p, id, &people);
    expect_box(box_of(p, id, "waist"), moved);
    r = get(p, id);
    assert_string_equal(shot(&r.result, "waist")->origin, "hand");
    int64_t seq = r.seq;
    pc_record_finish(&r);
    assert_ok(edit_box(p, id, "waist", &moved, &err), &err); /* no difference: nothing happens */
    assert_ok(edit_box(p, id, "neck", NULL, &err), &err);
    assert_ok(edit_person(p, id, -1, &err), &err);
    r = get(p, id);
    assert_true(r.seq == seq && r.status == PC_PROCESSED);
    pc_record_finish(&r);
    assert_ok(edit_box(p, id, "waist", NULL, &err), &err);
    cut(p, id, &people);
    expect_box(box_of(p, id, "waist"), planned);
    r = get(p, id);
    assert_int_equal(r.edits.n_boxes, 0);
    pc_record_finish(&r);
}

static void a_chosen_person_is_shown(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    struct pc_record r = get(p, id);
    assert_true(r.attention);
    assert_int_equal(r.result.person, 1);
    pc_record_finish(&r);
    assert_ok(edit_person(p, id, 0, &err), &err);
    cut(p, id, &people);
    r = get(p, id);
    assert_int_equal(r.result.person, 0);
    assert_false(r.attention); /* somebody has chosen */
    pc_record_finish(&r);
    assert_code(edit_person(p, id, 2, &err), PC_E_BAD_REQUEST);
    assert_non_null(strstr(err.message, "2 people"));
}

static void a_chosen_person_is_found_again_in_another_order(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(TWO), swapped = people_of(TWO), others = people_of(TWO);
    int64_t id = add(p, "u", "", TWO);
    assert_ok(edit_person(p, id, 0, &err), &err);
    swapped.p[0] = people.p[1];
    swapped.p[1] = people.p[0];
    cut(p, id, &swapped);
    struct pc_record r = get(p, id);
    assert_int_equal(r.result.person, 1);
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
    assert_true(r.status == PC_PROCESSED && !r.edits.has_person && r.edits.n_boxes == 0);
    pc_record_finish(&r);
}

static void edits_that_do_not_fit_are_refused(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE);
    static const struct {
        const char *label;
        struct pc_ibox box;
    } cases[] = {
        {"waist", {0, 0, 15, 15}},    {"waist", {0, 0, -100, -100}},
        {"waist", {-1, 0, 100, 100}}, {"waist", {1901, 0, 100, 100}},
        {"waist", {0, 0, 100, 900}},  {"no-such", {0, 0, 100, 100}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (edit_box(p, id, cases[i].label, &cases[i].box, &err) != PC_E_BAD_REQUEST)
            fail_msg("case %zu: %s", i, err.message);
    assert_code(edit_person(p, id, 1, &err), PC_E_BAD_REQUEST);
    assert_code(edit_person(p, id, INT64_MAX, &err), PC_E_BAD_REQUEST);
    assert_code(edit_person(p, 99, -1, &err), PC_E_NOT_FOUND);
    expect_untouched(p, id);
    expect_jobs(p, 0);
}

static struct pc_job take(struct test_fixture *p)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    assert_ok(pc_queue_take(p->queue, 0, &job, &got, &err), &err);
    assert_true(got);
    return job;
}

static void expect_next_job(struct test_fixture *p, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job = take(p);
    assert_int_equal(job.image_id, id);
    assert_ok(test_complete_job(p->queue, &job, &err), &err);
    pc_job_finish(&job);
}

static void corrections_of_a_few_images_go_before_all_others(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_submission low = {.url = "https://h.example/a.jpg", .priority = PC_PRIORITY_BULK};
    struct pc_submission single = {.url = "https://h.example/b.jpg"};
    struct pc_submitted first, second;
    int64_t edited = add(p, "u", "", TWO), moved = add(p, "v", "", ONE);
    assert_ok(pc_submit_url(p->service, &low, &first, &err), &err);
    assert_ok(pc_submit_url(p->service, &single, &second, &err), &err);
    struct pc_offset_request offset = {
        .label = "waist", .x = .01, .scale = 1, .images = {.ids = &moved, .n_ids = 1}};
    struct pc_offset_result result;
    assert_ok(pc_service_offset(p->service, &offset, &result, &err), &err);
    assert_int_equal(result.n_changed, 1);
    pc_offset_result_finish(&result);
    assert_ok(edit_person(p, edited, 0, &err), &err);
    expect_next_job(p, moved);
    expect_next_job(p, edited);
    expect_next_job(p, second.id);
    expect_next_job(p, first.id);
}

struct late_edit {
    struct test_fixture *p;
    int64_t id;
    enum pc_code rc;
};

static void *edit_late(void *ctx)
{
    struct late_edit *late = ctx;
    struct pc_err err = PC_ERR_INIT;
    late->rc = edit_person(late->p, late->id, 0, &err);
    return NULL;
}

/* The record says processed a moment before the queue knows that the job is complete. */
static void an_edit_gets_a_job_while_the_old_one_ends(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct late_edit late = {.p = p, .id = add(p, "u", "", TWO)};
    pthread_t thread;
    bool added;
    assert_ok(pc_queue_add(p->queue, late.id, "u", PC_PRIORITY_BULK, &added, &err), &err);
    struct pc_job old = take(p);
    assert_int_equal(pthread_create(&thread, NULL, edit_late, &late), 0);
    struct pc_record r = get(p, late.id);
    while (r.status != PC_PENDING) { /* meson ends a test that hangs */
        pc_record_finish(&r);
        pc_clock_sleep_ms(1);
        r = get(p, late.id);
    }
    pc_record_finish(&r);
    assert_ok(test_complete_job(p->queue, &old, &err), &err);
    pc_job_finish(&old);
    pthread_join(thread, NULL);
    assert_int_equal(late.rc, PC_OK);
    expect_next_job(p, late.id);
}

static void a_full_queue_takes_no_edit(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", TWO);
    bool added;
    for (int64_t i = 1000; !pc_queue_add(p->queue, i, "x", PC_PRIORITY_BULK, &added, &err); i++)
        ;
    assert_code(edit_person(p, id, 0, &err), PC_E_QUEUE_FULL);
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
    struct pc_ibox box = box_of(p, id, "waist");
    box.x++;
    assert_code(edit_box(p, id, "waist", &box, &err), PC_E_ORIGINAL_MISSING);
    expect_untouched(p, id);
    assert_ok(pc_blobs_put(p->blobs, "originals/ab/gone.jpg", "x", 1, &err), &err);
    assert_ok(edit_box(p, id, "waist", &box, &err), &err);
}

/* --- previews --- */

static const struct pc_edit_request no_change;

static struct pc_edit_preview preview(struct test_fixture *p, int64_t id,
                                      const struct pc_edit_request *request, const char *recipes)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_edit_preview out;
    assert_ok(pc_service_preview(p->service, id, request, recipes, &out, &err), &err);
    return out;
}

static void a_preview_shows_what_a_cut_makes(void **state)
{
    struct test_fixture *p = *state;
    struct pc_people people = people_of(TWO);
    struct pc_edit_request first = {.sets_person = true, .person = 0};
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", TWO);
    struct pc_edit_preview now = preview(p, id, &no_change, NULL);
    struct pc_record r = get(p, id);
    int64_t seq = r.seq;
    pc_record_finish(&r);
    expect_box(shot(&now.result, "length")->box, box_of(p, id, "length"));
    assert_int_equal(now.result.n_attention, 1);
    assert_null(shot(&now.result, "length")->url);
    pc_edit_preview_finish(&now);
    struct pc_edit_preview other = preview(p, id, &first, NULL);
    assert_int_equal(other.result.person, 0);
    expect_untouched(p, id);
    r = get(p, id);
    assert_true(r.seq == seq);
    pc_record_finish(&r);
    assert_ok(edit_person(p, id, 0, &err), &err);
    cut(p, id, &people);
    expect_box(shot(&other.result, "length")->box, box_of(p, id, "length"));
    pc_edit_preview_finish(&other);
}

static void other_recipes_can_be_previewed(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = add(p, "u", "", ONE);
    struct pc_edit_preview out =
        preview(p, id, &no_change, "[\"person\", {\"label\": \"mine\", \"keep\": [\"nose\"]}]");
    struct pc_edit_request bad = {.sets_person = true, .person = 7};
    assert_int_equal(out.result.n_shots, 2);
    shot(&out.result, "mine");
    pc_edit_preview_finish(&out);
    assert_code(pc_service_preview(p->service, id, &no_change, "[{\"label\": 5}]", &out, &err),
                PC_E_BAD_RECIPE);
    assert_code(pc_service_preview(p->service, id, &no_change, "{", &out, &err), PC_E_BAD_RECIPE);
    assert_code(pc_service_preview(p->service, 99, &no_change, NULL, &out, &err), PC_E_NOT_FOUND);
    assert_code(pc_service_preview(p->service, id, &bad, NULL, &out, &err), PC_E_BAD_REQUEST);
}

static void without_keypoints_there_is_no_preview(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_edit_preview out;
    struct pc_record_completion completion = {.width = W, .height = H};
    struct pc_ibox box = {0, 0, 400, 400};
    int64_t id = insert(p, &(struct pc_record_new){.url = "u"});
    assert_code(pc_service_preview(p->service, id, &no_change, NULL, &out, &err),
                PC_E_NOT_PROCESSED);
    assert_ok(pc_records_finish(p->records, id, &completion, &err), &err);
    assert_code(pc_service_preview(p->service, id, &no_change, NULL, &out, &err),
                PC_E_NOT_PROCESSED);
    /* a box can be set all the same: the label is one of the active recipes */
    assert_code(edit_person(p, id, 0, &err), PC_E_BAD_REQUEST);
    assert_ok(edit_box(p, id, "waist", &box, &err), &err);
}

/* --- offsets --- */

static struct pc_offset_result offset(struct test_fixture *p,
                                      const struct pc_offset_request *request)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_offset_result out;
    assert_ok(pc_service_offset(p->service, request, &out, &err), &err);
    return out;
}

static void expect_offset(struct pc_offset_result result, int looked, int changed, int skipped)
{
    assert_int_equal(result.looked, looked);
    assert_int_equal(result.n_changed, changed);
    assert_int_equal(result.skipped, skipped);
    pc_offset_result_finish(&result);
}

static void an_offset_is_previewed_applied_and_cleared(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = people_of(ONE);
    int64_t a = add(p, "a", "b1", ONE), b = add(p, "b", "b1", ONE);
    int64_t drawn = add(p, "d", "b1", ONE);
    (void)add(p, "c", "b2", ONE);
    (void)add(p, "e", "b1", "[]");
    struct pc_ibox by_hand = box_of(p, drawn, "waist");
    by_hand.x += 5;
    by_hand.y += 5;
    assert_ok(edit_box(p, drawn, "waist", &by_hand, &err), &err);
    cut(p, drawn, &people);
    expect_jobs(p, 1);
    struct pc_offset_request request = {
        .label = "waist", .x = .1, .y = -.05, .scale = 1.1, .images.batch = "b1", .dry_run = true};
    struct pc_offset_result result = offset(p, &request);
    struct pc_offset_change first = result.changed[0];
    assert_int_equal(first.record->id, a);
    assert_int_equal(first.record->width, W);
    assert_true(first.box.w > first.planned.w && first.box.h > first.planned.h);
    assert_false(result.more);
    expect_offset(result, 4, 2, 2); /* one was drawn by a person, one has nobody in it */
    expect_jobs(p, 1);
    request.dry_run = false;
    expect_offset(offset(p, &request), 4, 2, 2);
    expect_jobs(p, 3);
    cut(p, a, &people);
    cut(p, b, &people);
    expect_box(box_of(p, a, "waist"), first.box);
    struct pc_record r = get(p, a);
    assert_string_equal(shot(&r.result, "waist")->origin, "batch");
    pc_record_finish(&r);
    expect_offset(offset(p, &request), 4, 0, 2); /* the planned box is moved, not the moved one */
    request.clear = true;
    expect_offset(offset(p, &request), 4, 2, 2);
    cut(p, a, &people);
    expect_box(box_of(p, a, "waist"), first.planned);
    expect_untouched(p, a);
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
    struct pc_offset_request request = {.label = "waist", .y = .1, .scale = 1, .dry_run = true};
    struct pc_offset_result result = offset(p, &request);
    assert_true(result.more);
    assert_int_equal(result.next, ids[1]);
    expect_offset(result, 2, 2, 0);
    request.images.after_id = ids[3];
    result = offset(p, &request);
    assert_false(result.more);
    expect_offset(result, 1, 1, 0);
    int64_t named[] = {ids[4], 999, ids[0]};
    request =
        (struct pc_offset_request){.label = "waist", .y = .1, .scale = 1, .images = {named, 3}};
    expect_offset(offset(p, &request), 3, 2, 1);
    expect_offset(offset(p, &request), 3, 0, 3); /* pending by now */
    request.label = "no-such";
    expect_offset(offset(p, &request), 3, 0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(an_edit_sends_the_image_to_be_cut),
        WITH_FIXTURE(a_chosen_person_is_shown),
        WITH_FIXTURE(a_chosen_person_is_found_again_in_another_order),
        WITH_FIXTURE(edits_that_do_not_fit_are_refused),
        WITH_FIXTURE(corrections_of_a_few_images_go_before_all_others),
        WITH_FIXTURE(an_edit_gets_a_job_while_the_old_one_ends),
        WITH_FIXTURE(a_full_queue_takes_no_edit),
        WITH_FIXTURE(an_image_without_its_original_stays_as_it_is),
        WITH_FIXTURE(a_preview_shows_what_a_cut_makes),
        WITH_FIXTURE(other_recipes_can_be_previewed),
        WITH_FIXTURE(without_keypoints_there_is_no_preview),
        WITH_FIXTURE(an_offset_is_previewed_applied_and_cleared),
        WITH_FIXTURE(an_offset_goes_by_ids_and_pages),
    };
    return cmocka_run_group_tests_name("edits", tests, NULL, NULL);
}
