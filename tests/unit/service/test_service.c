#include "support.h"

#include <string.h>

#include "fixture.h"
#include "queue/drivers.h"
#include "records/driver.h"
#include "service/internal.h"

static void same_bytes_are_one_image(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted first, again;
    struct pc_queue_stats jobs;
    struct pc_err err = PC_ERR_INIT;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &first);
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &again);
    assert_true(first.created);
    assert_false(again.created);
    assert_int_equal(first.id, again.id);
    assert_memory_equal(first.url, "upload:sha256-", 14);
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, 1);
}

static void upload_is_refused_as_soon_as_it_can_be(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_upload *up;
    struct pc_submitted out;
    struct pc_submission what = {.name = "x"};
    char text[64] = "this is a text file that calls itself a picture";
    assert_ok(pc_upload_begin(p->service, &up, &err), &err);
    assert_code(pc_upload_write(up, text, sizeof text, &err), PC_E_UNSUPPORTED_FORMAT);
    pc_upload_abort(up);

    assert_ok(pc_upload_begin(p->service, &up, &err), &err);
    assert_code(pc_upload_end(up, &what, &out, &err), PC_E_IMAGE_EMPTY);

    assert_ok(pc_upload_begin(p->service, &up, &err), &err);
    assert_ok(pc_upload_write(up, "abc", 3, &err), &err);
    assert_code(pc_upload_end(up, &what, &out, &err), PC_E_UNSUPPORTED_FORMAT);

    p->config.max_upload_bytes = 100;
    assert_ok(pc_upload_begin(p->service, &up, &err), &err);
    assert_ok(pc_upload_write(up, test_tiny_bmp, sizeof test_tiny_bmp, &err), &err);
    assert_code(pc_upload_write(up, text, sizeof text, &err), PC_E_FILE_TOO_LARGE);
    pc_upload_abort(up);
}

static void batch_takes_good_lines_and_names_bad_ones(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    const struct pc_submit_line lines[] = {
        {.url = "https://Shop.example/a.jpg#x", .sku = "1", .line = 2},
        {.url = "gopher://x/", .line = 3},
        {.url = NULL, .line = 4},
        {.url = "http://192.168.0.1/a.jpg", .line = 5},
        {.url = "https://shop.example/a.jpg", .line = 6}, /* the first again, written otherwise */
    };
    assert_ok(pc_submit_batch(p->service, lines, 5, "spring", &answer, &err), &err);
    assert_int_equal(json_array_size(json_object_get(answer, "images")), 2);
    assert_true(json_equal(json_array_get(json_object_get(answer, "imageIds"), 0),
                           json_array_get(json_object_get(answer, "imageIds"), 1)));
    json_t *rejected = json_object_get(answer, "rejected");
    static const char *const codes[] = {"url_scheme", "bad_url", "url_blocked"};
    assert_int_equal(json_array_size(rejected), 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *r = json_array_get(rejected, i);
        assert_string_equal(json_string_value(json_object_get(r, "code")), codes[i]);
        assert_int_equal(json_integer_value(json_object_get(r, "line")), (int)i + 3);
    }
    json_decref(answer);
}

static void batch_with_nothing_good_names_all(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    json_t *answer;
    const struct pc_submit_line line = {.url = "nonsense", .line = 1};
    assert_code(pc_submit_batch(p->service, &line, 1, "", &answer, &err), PC_E_BATCH_ALL_REJECTED);
    assert_int_equal(json_array_size(json_object_get(answer, "rejected")), 1);
    json_decref(answer);
    p->config.max_batch = 0;
    assert_code(pc_submit_batch(p->service, &line, 1, "", &answer, &err), PC_E_BATCH_TOO_LARGE);
    assert_null(answer);
}

static void batch_names_the_line_whose_text_is_too_long(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    char label[PC_RECORD_TEXT_MAX + 2];
    json_t *answer;
    memset(label, 'x', sizeof label - 1);
    label[sizeof label - 1] = 0;
    const struct pc_submit_line lines[] = {
        {.url = "https://shop.example/a.jpg", .label = label, .line = 1},
        {.url = "https://shop.example/b.jpg", .line = 2},
        {.url = "https://shop.example/c.jpg", .sku = "\xff", .line = 3},
    };
    assert_ok(pc_submit_batch(p->service, lines, 3, "", &answer, &err), &err);
    json_t *rejected = json_object_get(answer, "rejected");
    assert_int_equal(json_array_size(json_object_get(answer, "images")), 1);
    assert_int_equal(json_array_size(rejected), 2);
    json_t *second = json_array_get(rejected, 1);
    assert_string_equal(json_string_value(json_object_get(second, "code")), "bad_request");
    assert_int_equal(json_integer_value(json_object_get(second, "line")), 3);
    json_decref(answer);
}

static void remove_leaves_bytes_that_another_image_names(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_submitted upload;
    struct pc_record r = {0};
    struct pc_record_new twin = {.url = "https://shop.example/twin.bmp"};
    bool created;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &upload);
    assert_ok(pc_records_get(p->records, upload.id, &r, &err), &err);
    char *key = strdup(r.original_key);
    twin.original_key = key;
    pc_record_finish(&r);
    assert_ok(pc_records_insert(p->records, &twin, &r, &created, &err), &err);
    int64_t twin_id = r.id;
    pc_record_finish(&r);

    struct pc_buf bytes = PC_BUF_INIT;
    assert_ok(pc_service_remove(p->service, upload.id, &err), &err);
    assert_ok(pc_blobs_get(p->blobs, key, 1000, &bytes, &err), &err);
    assert_ok(pc_service_remove(p->service, twin_id, &err), &err);
    assert_code(pc_blobs_get(p->blobs, key, 1000, &bytes, &err), PC_E_NOT_FOUND);
    assert_code(pc_service_remove(p->service, upload.id, &err), PC_E_NOT_FOUND);
    pc_buf_finish(&bytes);
    free(key);
}

static int asked;

static enum pc_code has_is_away(struct pc_queue *q, int64_t image_id, bool *has, struct pc_err *err)
{
    (void)q, (void)image_id, (void)has;
    asked++;
    return pc_fail(err, PC_E_QUEUE_UNAVAILABLE, NULL);
}

/* The sweeper's thread also keeps the leases: it must not wait for a queue that is away a thousand
 * times. */
static void sweep_ends_at_the_first_failure(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_driver away = pc_queue_memory;
    struct pc_queue_stats jobs;
    for (int i = 0; i < 3; i++) {
        char url[64];
        struct pc_record r = {0};
        bool created;
        snprintf(url, sizeof url, "https://shop.example/%d.jpg", i);
        struct pc_record_new fresh = {.url = url};
        assert_ok(pc_records_insert(p->records, &fresh, &r, &created, &err), &err);
        pc_record_finish(&r);
    }
    away.has = has_is_away;
    p->queue->driver = &away;
    asked = 0;
    pc_service_requeue_lost(p->service, INT64_MAX);
    assert_int_equal(asked, 1);
    p->queue->driver = &pc_queue_memory;
    pc_service_requeue_lost(p->service, INT64_MAX);
    assert_ok(pc_queue_stats(p->queue, &jobs, &err), &err);
    assert_int_equal(jobs.waiting, 3);
}

static void first_versions_document_can_be_shown(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    struct pc_record_new fresh = {.url = "https://shop.example/old.jpg"};
    bool created;
    json_t *view;
    assert_ok(pc_records_insert(p->records, &fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    struct pc_record_completion result = {
        .shots =
            json_pack("[{s:s, s:s}]", "label", "Neck View", "url", "https://cdn.example/n.jpg"),
        .detail = json_object(),
    };
    assert_ok(pc_records_finish(p->records, id, &result, &err), &err);
    json_decref(result.shots);
    json_decref(result.detail);
    assert_ok(pc_service_image(p->service, id, true, &view, &err), &err);
    json_t *shot = json_array_get(json_object_get(view, "shots"), 0);
    assert_string_equal(json_string_value(json_object_get(shot, "url")),
                        "https://cdn.example/n.jpg");
    assert_string_equal(json_string_value(json_object_get(shot, "title")), "Neck View");
    assert_string_equal(json_string_value(json_object_get(shot, "state")), "ok");
    assert_true(json_is_array(json_object_get(view, "people")));
    json_decref(view);
}

static void events_come_once_and_bounded(void **state)
{
    (void)state;
    struct pc_event out[PC_EVENTS_MAX + 1];
    struct pc_events *ev = pc_events_create(NULL, NULL);
    pc_events_changed(ev, 1); /* nobody consumes yet */
    assert_true(pc_events_fd(ev) >= 0);
    assert_int_equal(pc_events_drain(ev, out, 8), 0);
    pc_events_changed(ev, 7);
    pc_events_changed(ev, 8);
    pc_events_removed(ev, 7);
    assert_int_equal(pc_events_drain(ev, out, 8), 2);
    assert_int_equal(out[0].id, 7);
    assert_true(out[0].removed);
    for (int64_t id = 1; id <= PC_EVENTS_MAX + 5; id++)
        pc_events_changed(ev, id);
    assert_int_equal(pc_events_drain(ev, out, PC_EVENTS_MAX + 1), PC_EVENTS_MAX + 1);
    assert_int_equal(out[PC_EVENTS_MAX].id, 0);
    assert_int_equal(pc_events_drain(ev, out, 8), 0);
    pc_events_destroy(ev);
}

static enum pc_code tombstones_are_away(struct pc_records *rs, int64_t since_seq, int64_t *ids,
                                        int max, int *n, bool *all, struct pc_err *err)
{
    (void)rs, (void)since_seq, (void)ids, (void)max, (void)n, (void)all;
    return pc_fail(err, PC_E_STORE_UNAVAILABLE, NULL);
}

/* The records are asked three times for it; they may go away in between. Callers free what they
 * were given, whatever the answer is. */
static void list_that_fails_at_its_end_gives_nothing(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted made;
    struct pc_err err = PC_ERR_INIT;
    json_t *list = NULL;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.since_seq = 1;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &made);
    const struct pc_records_driver *whole = p->records->driver;
    struct pc_records_driver failing = *whole;
    failing.list_tombstones = tombstones_are_away;
    p->records->driver = &failing;
    assert_code(pc_service_list(p->service, &q, &list, &err), PC_E_STORE_UNAVAILABLE);
    p->records->driver = whole;
    assert_null(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(same_bytes_are_one_image),
        WITH_FIXTURE(upload_is_refused_as_soon_as_it_can_be),
        WITH_FIXTURE(batch_takes_good_lines_and_names_bad_ones),
        WITH_FIXTURE(batch_with_nothing_good_names_all),
        WITH_FIXTURE(batch_names_the_line_whose_text_is_too_long),
        WITH_FIXTURE(remove_leaves_bytes_that_another_image_names),
        WITH_FIXTURE(sweep_ends_at_the_first_failure),
        WITH_FIXTURE(list_that_fails_at_its_end_gives_nothing),
        WITH_FIXTURE(first_versions_document_can_be_shown),
        cmocka_unit_test(events_come_once_and_bounded),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
