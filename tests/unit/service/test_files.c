/* Keys of files that a correction replaced. */
#include <inttypes.h>
#include <stdio.h>

#include "fixture.h"
#include "service/change.h"
#include "service/query.h"
#include "support.h"

#define RECIPE "00112233"
#define OLD_HASH "00112233445566aa"
#define NEW_HASH "00112233445566bb"

static void finish_with(struct test_fixture *p, int64_t id, const char *label, const char *key,
                        const char *thumbnail)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    struct pc_record_shot shot = {.label = label, .key = key};
    struct pc_record_result result = {.n_shots = 1, .shots = &shot, .thumbnail = thumbnail};
    struct pc_record_completion completion = {.result = &result};
    assert_ok(pc_records_begin(p->records, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_finish(p->records, id, &completion, &err), &err);
    assert_ok(pc_blobs_put(p->blobs, key, "shot", 4, &err), &err);
    assert_ok(pc_blobs_put(p->blobs, thumbnail, "small", 5, &err), &err);
}

/* What key leads to, or NULL when it leads nowhere. */
static const char *leads_to(struct test_fixture *p, const char *key)
{
    static char current[PC_BLOB_KEY_MAX + 1];
    struct pc_blob_reader *reader;
    struct pc_err err = PC_ERR_INIT;
    const char *mime;
    enum pc_code rc = pc_service_current_file(p->service, key, current, &reader, &mime, &err);
    if (rc == PC_E_NOT_FOUND)
        return NULL;
    assert_ok(rc, &err);
    assert_string_equal(mime, strstr(current, ".png") ? "image/png" : "image/jpeg");
    pc_blob_close(reader);
    return current;
}

static void a_replaced_key_stands_for_the_shot(void **state)
{
    struct test_fixture *p = *state;
    struct pc_submitted made;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = test_upload(p, test_tiny_bmp, sizeof test_tiny_bmp, &made);
    assert_int_equal(id, 1);
    static const char now[] = "shots/1/length-2-" RECIPE "-" NEW_HASH ".png";
    static const char small[] = "shots/1/thumbnail-" NEW_HASH ".jpg";
    finish_with(p, id, "length-2", now, small);
    assert_string_equal(leads_to(p, now), now);
    assert_string_equal(leads_to(p, "shots/1/length-2-" RECIPE "-" OLD_HASH ".jpg"), now);
    assert_string_equal(leads_to(p, "shots/1/length-2-ffffffff-" OLD_HASH ".png"), now);
    assert_string_equal(leads_to(p, "shots/1/thumbnail-" OLD_HASH ".jpg"), small);

    static const char *const nowhere[] = {
        "shots/1/length-" RECIPE "-" OLD_HASH ".jpg", /* another shot */
        "shots/2/length-2-" RECIPE "-" OLD_HASH ".jpg",
        "shots/1/length-2-" RECIPE "-" OLD_HASH, /* no key that was ever made */
        "shots/1/length-2-" RECIPE "-xx112233445566aa.jpg",
        "shots/1/length-2-0011-" OLD_HASH ".jpg",
        "shots/1/-" RECIPE "-" OLD_HASH ".jpg",
        "shots/1/" OLD_HASH ".jpg",
        "shots/1/.jpg",
        "shots/99999999999999999999/length-2-" RECIPE "-" OLD_HASH ".jpg",
        "shots/x/length-2-" RECIPE "-" OLD_HASH ".jpg",
        "shots/1",
        "shots//x",
        "originals/ab/" OLD_HASH ".jpg",
        "../etc/passwd",
        "",
    };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        if (leads_to(p, nowhere[i]))
            fail_msg("%s leads to %s", nowhere[i], leads_to(p, nowhere[i]));

    assert_ok(pc_service_remove(p->service, id, &err), &err);
    assert_null(leads_to(p, now));
    assert_null(leads_to(p, "shots/1/length-2-" RECIPE "-" OLD_HASH ".jpg"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_replaced_key_stands_for_the_shot),
    };
    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
