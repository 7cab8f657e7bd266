/* What runs on the executor or streams: overlays, bulk actions, ZIP. Many clients come at a time
 * and leave when they like; the server stops in the middle of its work. Runs under ThreadSanitizer
 * too. */
#include "harness.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "figure.h"
#include "http/api/zip.h"
#include "image/image.h"

#define JSON "Content-Type: application/json"

enum { SIDE = 300, CLIENTS = 6, ROUNDS = 8 };

static void start_with_large_uploads(struct served *s)
{
    served_init(s);
    s->parts.config.max_upload_bytes = 8 << 20;
    served_start(s);
}

/* An image that looks processed: one person, one shot whose file holds `text`. */
static int64_t processed_image(struct served *s, int shade, const char *name, const char *text)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf bmp = PC_BUF_INIT;
    struct pc_submitted done;
    struct pc_upload *up;
    struct pc_record r = {0};
    char key[64];
    test_figure_bmp(SIDE, SIDE, &bmp);
    bmp.data[bmp.len - 1] = (char)shade;
    assert_ok(pc_upload_begin(s->parts.service, &up, &err), &err);
    assert_ok(pc_upload_write(up, bmp.data, bmp.len, &err), &err);
    struct pc_submission what = {.name = name, .batch = "b"};
    assert_ok(pc_upload_end(up, &what, &done, &err), &err);
    pc_buf_finish(&bmp);

    const char *reasons[] = {"low_score"};
    struct pc_people people = {.n = 1, .p[0] = {.score = .9, .box = {80, 60, 140, 200}}};
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        people.p[0].keypoints[i] = (struct pc_keypoint){100 + i, 90 + 5 * i, .9};
    snprintf(key, sizeof key, "shots/%lld/neck-1.jpg", (long long)done.id);
    struct pc_record_shot shot = {.label = "neck",
                                  .state = "ok",
                                  .has_reasons = true,
                                  .n_reasons = 1,
                                  .reasons = reasons,
                                  .key = key,
                                  .box = {10, 10, 50, 60},
                                  .width = 50,
                                  .height = 60};
    struct pc_record_result found = {
        .n_shots = 1, .shots = &shot, .people = &people, .has_person = true};
    struct pc_record_completion completion = {.width = SIDE, .height = SIDE, .result = &found};
    assert_ok(pc_blobs_put(s->parts.blobs, key, text, strlen(text), &err), &err);
    assert_ok(pc_records_begin(s->parts.records, done.id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_finish(s->parts.records, done.id, &completion, &err), &err);
    return done.id;
}

/* --- overlays --- */

static void overlay_is_rendered_and_cached(void **state)
{
    struct served s;
    struct reply r;
    char path[64], *again;
    (void)state;
    start_with_large_uploads(&s);
    int64_t id = processed_image(&s, 1, "a.bmp", "x");
    snprintf(path, sizeof path, "/images/%lld/overlay", (long long)id);
    call(&s, &r, "GET", path, NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_true(reply_has(&r, "Content-Type: image/jpeg"));
    assert_true(reply_has(&r, "Cache-Control: no-cache"));
    assert_memory_equal(r.body.data, "\xff\xd8\xff", 3);
    char *tag = strstr(pc_buf_text(&r.headers), "ETag: ");
    assert_non_null(tag);
    again = pc_xasprintf("If-None-Match: %.*s", (int)strcspn(tag + 6, "\r"), tag + 6);
    reply_finish(&r);
    expect(&s, "GET", path, again, NULL, 304, "");
    free(again);

    int64_t pending = submit_image(&s, 9);
    snprintf(path, sizeof path, "/images/%lld/overlay", (long long)pending);
    expect(&s, "GET", path, NULL, NULL, 409, "not_processed");
    expect(&s, "GET", "/images/4711/overlay", NULL, NULL, 404, "not_found");
    served_finish(&s);
}

struct hammer {
    struct served *s;
    int64_t id;
    unsigned seed;
    atomic_int *good, *full;
};

static void *request_or_leave(void *ctx)
{
    struct hammer *h = ctx;
    for (int i = 0; i < ROUNDS; i++) {
        char text[160];
        struct pc_buf in = PC_BUF_INIT;
        int fd = dial(h->s);
        snprintf(text, sizeof text,
                 "GET /images/%lld/overlay HTTP/1.1\r\nHost: localhost\r\nConnection: "
                 "close\r\n\r\n",
                 (long long)h->id);
        send_text(fd, text);
        if (rand_r(&h->seed) % 2) {
            pc_clock_sleep_ms(rand_r(&h->seed) % 30);
        } else if (receive_until(fd, &in, "\r\n")) {
            atomic_fetch_add(memcmp(in.data, "HTTP/1.1 200", 12) == 0 ? h->good : h->full, 1);
        }
        close(fd);
        pc_buf_finish(&in);
    }
    return NULL;
}

static void overlays_survive_clients_that_leave(void **state)
{
    struct served s;
    pthread_t threads[CLIENTS];
    struct hammer hammers[CLIENTS];
    atomic_int good = 0, full = 0;
    (void)state;
    start_with_large_uploads(&s);
    int64_t id = processed_image(&s, 1, "a.bmp", "x");
    for (int i = 0; i < CLIENTS; i++) {
        hammers[i] = (struct hammer){&s, id, (unsigned)i + 1, &good, &full};
        assert_int_equal(pthread_create(&threads[i], NULL, request_or_leave, &hammers[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    assert_true(good > 0);
    print_message("# %d drawn, %d told to come again\n", good, full);
    char path[64];
    snprintf(path, sizeof path, "/images/%lld/overlay", (long long)id);
    expect(&s, "GET", path, NULL, NULL, 200, "");
    served_finish(&s);
}

static void server_stops_while_it_renders(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        struct served s;
        int fds[20];
        start_with_large_uploads(&s);
        int64_t id = processed_image(&s, 1, "a.bmp", "x");
        for (int i = 0; i < 20; i++)
            fds[i] = send_get(&s, "/images/%lld/overlay", (long long)id);
        pc_clock_sleep_ms(round * 15);
        served_finish(&s);
        for (int i = 0; i < 20; i++)
            close(fds[i]);
    }
}

/* --- bulk --- */

/* Returns how many were done. */
static int64_t bulk(struct served *s, const char *action, const char *body, json_t **skipped)
{
    struct reply r;
    char *path = pc_xasprintf("/images/%s", action);
    call(s, &r, "POST", path, JSON, body, strlen(body));
    if (r.status != 200)
        fail_msg("%s %s: %s", path, body, pc_buf_text(&r.body));
    int64_t done = (int64_t)json_array_size(json_object_get(r.json, "done"));
    if (skipped)
        *skipped = json_incref(json_object_get(r.json, "skipped"));
    reply_finish(&r);
    free(path);
    return done;
}

static void bulk_does_what_fits(void **state)
{
    struct served s;
    json_t *skipped;
    char body[64];
    (void)state;
    start_with_large_uploads(&s);
    int64_t a = submit_image(&s, 1), b = submit_image(&s, 2);
    fail_image(&s, a);
    snprintf(body, sizeof body, "{\"ids\":[%lld,%lld,99]}", (long long)a, (long long)b);
    assert_int_equal(bulk(&s, "cancel", body, &skipped), 1);
    assert_int_equal(json_array_size(skipped), 2);
    json_decref(skipped);
    assert_int_equal(bulk(&s, "retry", "{\"filter\":{\"status\":\"failed\"}}", NULL), 2);
    assert_int_equal(bulk(&s, "retry", "{\"filter\":{}}", NULL), 0);
    assert_int_equal(bulk(&s, "cancel", "{\"filter\":{\"q\":\"a.bmp\"}}", NULL), 2);
    assert_int_equal(bulk(&s, "delete", "{\"filter\":{\"attention\":true}}", NULL), 0);
    snprintf(body, sizeof body, "{\"filter\":{},\"after\":%lld}", (long long)a);
    assert_int_equal(bulk(&s, "delete", body, NULL), 1);
    assert_int_equal(bulk(&s, "delete", "{\"filter\":{}}", NULL), 1);
    expect(&s, "POST", "/images/delete", JSON, "{\"filter\":{\"bacth\":\"x\"}}", 400, "bad_json");
    expect(&s, "POST", "/images/delete", JSON, "{\"ids\":[]}", 400, "bad_json");
    expect(&s, "POST", "/images/delete", NULL, "{}", 415, "unsupported_media_type");
    served_finish(&s);
}

static void bulk_reports_a_full_queue(void **state)
{
    struct served s;
    json_t *skipped;
    char body[64];
    (void)state;
    served_init(&s);
    s.parts.config.queue_max = 1;
    served_start(&s);
    int64_t a = submit_image(&s, 1);
    snprintf(body, sizeof body, "{\"ids\":[%lld]}", (long long)a);
    assert_int_equal(bulk(&s, "cancel", body, NULL), 1);
    int64_t b = submit_image(&s, 2);
    snprintf(body, sizeof body, "{\"ids\":[%lld]}", (long long)b);
    assert_int_equal(bulk(&s, "cancel", body, NULL), 1);
    snprintf(body, sizeof body, "{\"ids\":[%lld,%lld]}", (long long)a, (long long)b);
    assert_int_equal(bulk(&s, "retry", body, &skipped), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(skipped, 0), "code")),
                        "queue_full");
    json_decref(skipped);
    snprintf(body, sizeof body, "{\"ids\":[%lld]}", (long long)b);
    expect(&s, "POST", "/images/retry", JSON, body, 503, "queue_full");
    served_finish(&s);
}

/* --- ZIP --- */

static void zip_holds_shots_and_manifest(void **state)
{
    struct served s;
    struct reply r;
    struct pc_err err = PC_ERR_INIT;
    char key[64];
    (void)state;
    start_with_large_uploads(&s);
    (void)processed_image(&s, 1, "Größe, \"1\".bmp", "the first file");
    int64_t second = processed_image(&s, 2, "../evil.bmp", "the second file");
    int64_t third = processed_image(&s, 3, "c.bmp", "the third file");
    (void)submit_image(&s, 8);
    snprintf(key, sizeof key, "shots/%lld/neck-1.jpg", (long long)third);
    assert_ok(pc_blobs_remove(s.parts.blobs, key, &err), &err);
    call(&s, &r, "GET", "/images.zip?batch=b", NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_true(reply_has(&r, "Content-Type: application/zip"));
    assert_memory_equal(r.body.data, "PK\3\4", 4);
    static const char *const held[] = {
        "Größe, _1_-neck.jpg",      "the first file",
        "_._evil-neck.jpg",         "the second file",
        "\"Größe, \"\"1\"\".bmp\"", "low_score file_missing,,50,60,10 10 50 60\r\n"};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        if (!memmem(r.body.data, r.body.len, held[i], strlen(held[i])))
            fail_msg("not in the archive: %s", held[i]);
    assert_null(memmem(r.body.data, r.body.len, "the third file", 14));
    reply_finish(&r);
    snprintf(key, sizeof key, "/images.zip?ids=%lld", (long long)second);
    call(&s, &r, "GET", key, NULL, NULL, 0);
    assert_null(memmem(r.body.data, r.body.len, "the first file", 14));
    reply_finish(&r);
    expect(&s, "GET", "/images.zip?ids=1,x", NULL, NULL, 400, "bad_request");
    expect(&s, "GET", "/images.zip?status=pending", NULL, NULL, 400, "bad_request");
    close(send_get(&s, "/images.zip")); /* leaves in the middle */
    served_finish(&s);
}

/* How many of the three files an archive that was asked for by POST holds; -1: it is none. */
static int posted_zip(struct served *s, const char *type, const char *body)
{
    static const char *const files[] = {"the first file", "the second file", "the third file"};
    struct reply r;
    int held = 0;
    call(s, &r, "POST", "/images.zip", type, body, strlen(body));
    if (r.status != 200)
        fail_msg("%s: %s", body, pc_buf_text(&r.body));
    assert_true(reply_has(&r, "Content-Type: application/zip"));
    for (size_t i = 0; i < 3; i++)
        held += memmem(r.body.data, r.body.len, files[i], strlen(files[i])) != NULL ? 1 << i : 0;
    reply_finish(&r);
    return held;
}

static void zip_of_any_selection(void **state)
{
    static const char form[] = "Content-Type: application/x-www-form-urlencoded";
    struct served s;
    char *body;
    (void)state;
    start_with_large_uploads(&s);
    long long a = processed_image(&s, 1, "a.bmp", "the first file");
    long long b = processed_image(&s, 2, "b.bmp", "the second file");
    long long c = processed_image(&s, 3, "c.bmp", "the third file");
    struct pc_buf many = PC_BUF_INIT, encoded = PC_BUF_INIT;
    for (int i = 0; i < 1500; i++)
        pc_buf_printf(&many, "%d,", 100000 + i);

    pc_buf_printf(&encoded, "ids=%s%lld%%2C%lld", pc_buf_text(&many), a, c);
    assert_int_equal(posted_zip(&s, form, pc_buf_text(&encoded)), 5);
    body = pc_xasprintf("{\"ids\":[%s%lld]}", pc_buf_text(&many), b);
    assert_int_equal(posted_zip(&s, JSON, body), 2);
    free(body);
    body = pc_xasprintf("{\"filter\":{\"batch\":\"b\",\"status\":null},\"except\":[%s%lld]}",
                        pc_buf_text(&many), b);
    assert_int_equal(posted_zip(&s, JSON, body), 5);
    free(body);
    body = pc_xasprintf("batch=b&q=&attention=&except=%lld%%2c%lld", c, a);
    assert_int_equal(posted_zip(&s, form, body), 2);
    free(body);
    assert_int_equal(posted_zip(&s, JSON, "{\"filter\":{},\"except\":[]}"), 7);
    assert_int_equal(posted_zip(&s, form, "q=c.b%6dp&status=processed"), 4);

    expect(&s, "POST", "/images.zip", form, "", 400, "body_empty");
    expect(&s, "POST", "/images.zip", form, "ids=1,x", 400, "bad_request");
    expect(&s, "POST", "/images.zip", form, "ids=", 400, "bad_request");
    expect(&s, "POST", "/images.zip", form, "ids=1&batch=b", 400, "bad_request");
    expect(&s, "POST", "/images.zip", form, "bach=b", 400, "bad_request");
    expect(&s, "POST", "/images.zip", form, "q=%zz", 400, "bad_request");
    expect(&s, "POST", "/images.zip", JSON, "{}", 400, "bad_json");
    expect(&s, "POST", "/images.zip", JSON, "{\"ids\":[]}", 400, "bad_json");
    expect(&s, "POST", "/images.zip", JSON, "{\"ids\":[1],\"except\":[1]}", 400, "bad_json");
    expect(&s, "POST", "/images.zip", JSON, "{\"filter\":{\"status\":\"failed\"}}", 400,
           "bad_request");
    expect(&s, "POST", "/images.zip", "Content-Type: text/plain", "1", 415,
           "unsupported_media_type");
    pc_buf_finish(&many);
    pc_buf_finish(&encoded);
    served_finish(&s);
}

static void zip_names_are_safe_and_unique(void **state)
{
    static const struct {
        const char *name, *shot, *wanted;
    } rows[] = {
        {"a.jpg", "neck", "a-neck.jpg"},
        {"A.png", "neck", "A-7-neck.jpg"},
        {"a", "neck", "a-7-neck-2.jpg"},
        {"", "neck", "7-neck.jpg"},
        {"..", "zoom", "_-zoom.jpg"},
        {"-rf", "zoom", "_rf-zoom.jpg"},
        {"a/b\\c:d*e?\"<>|\x01.jpeg", "zoom", "a_b_c_d_e______-zoom.jpg"},
        {"dress.long.name", "zoom", "dress.long-zoom.jpg"},
        {"\xff\xfe", "zoom", "__-zoom.jpg"},
    };
    struct pc_zip_names names = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *name = pc_zip_names_add(&names, rows[i].name, 7, rows[i].shot, "jpg");
        assert_string_equal(name, rows[i].wanted);
        free(name);
    }
    char *name = pc_zip_names_add(&names, "Ärmel.bmp", 7, "../x", "jpg");
    assert_null(strchr(name, '/'));
    free(name);
    char long_name[1000];
    memset(long_name, 'x', sizeof long_name);
    memcpy(long_name + 119, "ä", 2);
    long_name[999] = 0;
    name = pc_zip_names_add(&names, long_name, 7, "neck", "jpg");
    assert_int_equal(strlen(name), 119 + strlen("-neck.jpg"));
    free(name);
    for (int i = 0; i < 2000; i++)
        free(pc_zip_names_add(&names, "same.jpg", i, "neck", "jpg"));
    assert_int_equal(names.n, 2000 + sizeof rows / sizeof *rows + 2);
    pc_zip_names_finish(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlay_is_rendered_and_cached),
        cmocka_unit_test(overlays_survive_clients_that_leave),
        cmocka_unit_test(server_stops_while_it_renders),
        cmocka_unit_test(bulk_does_what_fits),
        cmocka_unit_test(bulk_reports_a_full_queue),
        cmocka_unit_test(zip_holds_shots_and_manifest),
        cmocka_unit_test(zip_of_any_selection),
        cmocka_unit_test(zip_names_are_safe_and_unique),
    };
    struct pc_err err = PC_ERR_INIT;
    if (pc_image_startup(&err))
        return 1;
    int failed = cmocka_run_group_tests_name("http-tasks", tests, NULL, NULL);
    pc_image_shutdown();
    return failed;
}
