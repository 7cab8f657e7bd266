#include "support.h"

#include <string.h>

#include "fixture.h"
#include "queue/drivers.h"
#include "records/driver.h"
#include "service/change.h"
#include "service/internal.h"
#include "service/query.h"

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

static void batch_accepts_good_lines_and_reports_bad_ones(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_submit_batch batch;
    const struct pc_submit_line lines[] = {
        {.url = "https://Shop.example/a.jpg#x", .sku = "1", .line = 2},
        {.url = "gopher://x/", .line = 3},
        {.url = NULL, .line = 4},
        {.url = "http://192.168.0.1/a.jpg", .line = 5},
        {.url = "https://shop.example/a.jpg", .line = 6}, /* the first again, written otherwise */
    };
    static const enum pc_code codes[] = {PC_E_URL_SCHEME, PC_E_BAD_URL, PC_E_URL_BLOCKED};
    assert_ok(pc_submit_lines(p->service, lines, 5, "spring", &batch, &err), &err);
    assert_int_equal(batch.n_accepted, 2);
    assert_int_equal(batch.accepted[0].id, batch.accepted[1].id);
    assert_true(batch.accepted[0].created && !batch.accepted[1].created);
    assert_int_equal(batch.n_rejected, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(batch.rejected[i].code, codes[i]);
        assert_int_equal(batch.rejected[i].line, i + 3);
    }
    pc_submit_batch_finish(&batch);
}

static void batch_without_a_good_line_reports_all(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_submit_batch batch;
    const struct pc_submit_line line = {.url = "nonsense", .line = 1};
    assert_code(pc_submit_lines(p->service, &line, 1, "", &batch, &err), PC_E_BATCH_ALL_REJECTED);
    assert_int_equal(batch.n_rejected, 1);
    pc_submit_batch_finish(&batch);
    p->config.max_batch = 0;
    assert_code(pc_submit_lines(p->service, &line, 1, "", &batch, &err), PC_E_BATCH_TOO_LARGE);
    assert_int_equal(batch.n_rejected, 0);
}

static void batch_reports_the_line_whose_text_is_too_long(void **state)
{
    struct test_fixture *p = *state;
    struct pc_err err = PC_ERR_INIT;
    char label[PC_RECORD_TEXT_MAX + 2];
    struct pc_submit_batch batch;
    memset(label, 'x', sizeof label - 1);
    label[sizeof label - 1] = 0;
    const struct pc_submit_line lines[] = {
        {.url = "https://shop.example/a.jpg", .label = label, .line = 1},
        {.url = "https://shop.example/b.jpg", .line = 2},
        {.url = "https://shop.example/c.jpg", .sku = "\xff", .line = 3},
    };
    assert_ok(pc_submit_lines(p->service, lines, 3, "", &batch, &err), &err);
    assert_int_equal(batch.n_accepted, 1);
    assert_int_equal(batch.n_rejected, 2);
    assert_int_equal(batch.rejected[1].code, PC_E_BAD_REQUEST);
    assert_int_equal(batch.rejected[1].line, 3);
    pc_submit_batch_finish(&batch);
}

static void remove_leaves_bytes_that_another_image_references(void **state)
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

/* A list asks the records three times; they may become unavailable in between. */
static void list_that_fails_at_its_end_gives_nothing(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted made;
    struct pc_err err = PC_ERR_INIT;
    struct pc_query_list list;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.since_seq = 1;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &made);
    const struct pc_records_driver *whole = p->records->driver;
    struct pc_records_driver failing = *whole;
    failing.list_tombstones = tombstones_are_away;
    p->records->driver = &failing;
    assert_code(pc_service_list(p->service, &q, &list, &err), PC_E_STORE_UNAVAILABLE);
    p->records->driver = whole;
    assert_int_equal(list.records.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(same_bytes_are_one_image),
        WITH_FIXTURE(upload_is_refused_as_soon_as_it_can_be),
        WITH_FIXTURE(batch_accepts_good_lines_and_reports_bad_ones),
        WITH_FIXTURE(batch_without_a_good_line_reports_all),
        WITH_FIXTURE(batch_reports_the_line_whose_text_is_too_long),
        WITH_FIXTURE(remove_leaves_bytes_that_another_image_references),
        WITH_FIXTURE(sweep_ends_at_the_first_failure),
        WITH_FIXTURE(list_that_fails_at_its_end_gives_nothing),
        cmocka_unit_test(events_come_once_and_bounded),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
