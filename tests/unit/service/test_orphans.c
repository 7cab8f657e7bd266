#include "support.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "fixture.h"

enum { HOUR_MS = 3600 * 1000 };

static void put(struct test_fixture *p, const char *key)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_put(p->blobs, key, "bytes", 5, &err), &err);
}

static bool is_there(struct test_fixture *p, const char *key)
{
    struct pc_blob_reader *reader;
    struct pc_err err = PC_ERR_INIT;
    if (pc_blobs_read(p->blobs, key, &reader, &err))
        return false;
    pc_blob_close(reader);
    return true;
}

/* An image whose record references neck.jpg and a thumbnail. */
static int64_t processed_image(struct test_fixture *p)
{
    struct pc_submitted made;
    struct pc_record r = {0};
    struct pc_err err = PC_ERR_INIT;
    int64_t id = test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &made);
    char neck[64], thumbnail[64];
    snprintf(neck, sizeof neck, "shots/%" PRId64 "/neck.jpg", id);
    snprintf(thumbnail, sizeof thumbnail, "shots/%" PRId64 "/thumbnail.jpg", id);
    assert_ok(pc_records_begin(p->records, id, &r, &err), &err);
    pc_record_finish(&r);
    struct pc_record_shot shot = {.label = "neck", .key = neck};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot, .thumbnail = thumbnail};
    struct pc_record_completion completion = {.result = &result};
    assert_ok(pc_records_finish(p->records, id, &completion, &err), &err);
    put(p, neck);
    put(p, thumbnail);
    return id;
}

static void only_unreferenced_blobs_are_removed(void **state)
{
    struct test_fixture *p = *state;
    struct pc_orphans found;
    struct pc_err err = PC_ERR_INIT;
    assert_int_equal(processed_image(p), 1);
    put(p, "shots/1/neck-old.jpg");
    put(p, "shots/99/neck.jpg");
    put(p, "originals/ab/abcd.jpg");
    pc_clock_sleep_ms(2);

    assert_ok(pc_service_orphans(p->service, HOUR_MS, false, &found, &err), &err);
    assert_int_equal(found.looked, 6); /* and the original of the image */
    assert_int_equal(found.blobs, 0);

    assert_ok(pc_service_orphans(p->service, 0, true, &found, &err), &err);
    assert_int_equal(found.blobs, 3);
    assert_int_equal(found.bytes, 15);
    assert_true(is_there(p, "shots/99/neck.jpg"));

    assert_ok(pc_service_orphans(p->service, 0, false, &found, &err), &err);
    assert_int_equal(found.blobs, 3);
    assert_false(is_there(p, "shots/1/neck-old.jpg"));
    assert_false(is_there(p, "shots/99/neck.jpg"));
    assert_false(is_there(p, "originals/ab/abcd.jpg"));
    assert_true(is_there(p, "shots/1/neck.jpg"));
    assert_true(is_there(p, "shots/1/thumbnail.jpg"));

    assert_ok(pc_service_orphans(p->service, 0, false, &found, &err), &err);
    assert_int_equal(found.looked, 3);
    assert_int_equal(found.blobs, 0);
}

/* A worker stores its files before it references them. */
static void files_of_running_work_stay(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted made;
    struct pc_orphans found;
    struct pc_err err = PC_ERR_INIT;
    test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &made);
    put(p, "shots/1/neck.jpg");
    pc_clock_sleep_ms(2);
    assert_ok(pc_service_orphans(p->service, 0, false, &found, &err), &err);
    assert_int_equal(found.blobs, 0);
    assert_true(is_there(p, "shots/1/neck.jpg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(only_unreferenced_blobs_are_removed),
        WITH_FIXTURE(files_of_running_work_stay),
    };
    return cmocka_run_group_tests_name("orphans", tests, NULL, NULL);
}
