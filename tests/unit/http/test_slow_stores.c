/* Stores that hang, fail and come back: the loop goes on, nothing is lost, and the server can stop.
 * Runs under ThreadSanitizer too. */
#include "harness.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "faults.h"

/* A store that hangs does so until the test lets it go on: by far longer than any test lasts. */
enum { HANG_MS = 10 * WATCHDOG_MS, CALLERS = 8, MANY = 300, LARGE = 32 << 20 };

static void reset_trouble(void)
{
    struct test_faults *all[] = {&test_records_faults, &test_blobs_faults, &test_queue_faults};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        atomic_store(&all[i]->delay_ms, 0);
        atomic_store(&all[i]->code, 0);
        atomic_store(&all[i]->max_waiting, 0);
    }
}

static int start(void **state)
{
    static struct served s;
    reset_trouble();
    served_init(&s);
    s.parts.faulty = true;
    served_start(&s);
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    reset_trouble(); /* ends what still hangs */
    return served_teardown(state);
}

static int ask_status(struct served *s, int64_t id)
{
    return send_get(s, "/image-status/%lld", (long long)id);
}

static void await(const atomic_int *what, int least)
{
    for (int64_t end = pc_clock_mono_ms() + WATCHDOG_MS;
         atomic_load(what) < least && pc_clock_mono_ms() < end;)
        pc_clock_sleep_ms(2);
    assert_true(atomic_load(what) >= least);
}

/* The loop answers while calls of this store hang: they still do when the answers are there. */
static void expect_answers_while_it_hangs(struct served *s, struct test_faults *store, int calls)
{
    await(&store->waiting, calls);
    for (int i = 0; i < 20; i++)
        expect(s, "GET", "/healthz", NULL, NULL, 200, "");
    assert_true(atomic_load(&store->waiting) >= calls);
}

static void loop_answers_while_a_store_hangs(void **state)
{
    struct served *s = *state;
    int fds[CALLERS];
    struct pc_buf in = PC_BUF_INIT;
    int64_t id = submit_image(s, 1);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    for (int i = 0; i < CALLERS; i++)
        fds[i] = ask_status(s, id);
    expect_answers_while_it_hangs(s, &test_records_faults, CALLERS);
    atomic_store(&test_records_faults.delay_ms, 0);
    for (int i = 0; i < CALLERS; i++) {
        pc_buf_clear(&in);
        assert_true(receive_until(fds[i], &in, "\"status\":\"pending\""));
        close(fds[i]);
    }
    pc_buf_finish(&in);
}

static void store_outage_is_reported_and_ends(void **state)
{
    struct served *s = *state;
    struct reply r;
    char path[64];
    int64_t id = submit_image(s, 1);
    snprintf(path, sizeof path, "/image-status/%lld", (long long)id);
    atomic_store(&test_records_faults.code, PC_E_STORE_UNAVAILABLE);
    call(s, &r, "GET", path, NULL, NULL, 0);
    assert_int_equal(r.status, 503);
    assert_string_equal(reply_code(&r), "store_unavailable");
    assert_true(reply_has(&r, "Retry-After: 5"));
    reply_finish(&r);
    expect(s, "GET", "/images", NULL, NULL, 503, "store_unavailable");
    expect(s, "POST", "/process", "Content-Type: application/json",
           "{\"imageUrl\":\"https://shop.example/a.jpg\"}", 503, "store_unavailable");
    call(s, &r, "GET", "/readyz", NULL, NULL, 0);
    assert_int_equal(r.status, 503);
    assert_true(reply_has(&r, "Retry-After: 5"));
    const json_t *parts = json_object_get(r.json, "parts");
    assert_true(json_is_false(json_object_get(json_object_get(parts, "records"), "ok")));
    assert_true(json_is_true(json_object_get(json_object_get(parts, "blobs"), "ok")));
    reply_finish(&r);
    atomic_store(&test_records_faults.code, 0);
    expect(s, "GET", path, NULL, NULL, 200, "");
    expect(s, "GET", "/readyz", NULL, NULL, 200, "");
}

static void upload_ends_off_the_loop(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    char head[160];
    atomic_store(&test_blobs_faults.delay_ms, HANG_MS);
    int fd = dial(s);
    snprintf(head, sizeof head,
             "POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/bmp\r\n"
             "Content-Length: %zu\r\n\r\n",
             sizeof test_tiny_bmp);
    send_text(fd, head);
    send_bytes(fd, test_tiny_bmp, sizeof test_tiny_bmp);
    expect_answers_while_it_hangs(s, &test_blobs_faults, 1);
    atomic_store(&test_blobs_faults.delay_ms, 0);
    assert_true(receive_until(fd, &in, "HTTP/1.1 202"));
    close(fd);
    pc_buf_finish(&in);
    atomic_store(&test_blobs_faults.code, PC_E_STORE_FULL);
    expect(s, "POST", "/process?name=b", "Content-Type: image/gif",
           "GIF89a..........................................", 507, "store_full");
}

static void clients_leave_while_they_are_suspended(void **state)
{
    struct served *s = *state;
    int fds[CALLERS * 4];
    struct pc_buf in = PC_BUF_INIT;
    int64_t id = submit_image(s, 1);
    atomic_store(&test_records_faults.calls, 0);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    for (int i = 0; i < CALLERS * 4; i++)
        fds[i] = ask_status(s, id);
    await(&test_records_faults.waiting, CALLERS);
    for (int i = 0; i < CALLERS * 4; i++)
        close(fds[i]);
    for (int i = 0; i < 5; i++)
        expect(s, "GET", "/healthz", NULL, NULL, 200, ""); /* the loop has noticed by then */
    atomic_store(&test_records_faults.delay_ms, 0);
    int last = ask_status(s, id); /* behind all others */
    assert_true(receive_until(last, &in, "\"status\":\"pending\""));
    assert_int_equal(atomic_load(&test_records_faults.calls),
                     CALLERS + 1); /* the others were dropped from the queue */
    close(last);
    pc_buf_finish(&in);
    await_metric(s, "posecraft_http_connections", 1); /* this one */
    await_metric(s, "posecraft_http_aside", 1);
}

static void too_many_waiting_are_rejected_at_once(void **state)
{
    struct served *s = *state;
    static int fds[MANY];
    struct pc_buf in = PC_BUF_INIT;
    int64_t id = submit_image(s, 1);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    for (int i = 0; i < MANY; i++)
        fds[i] = ask_status(s, id);
    assert_true(receive_until(fds[MANY - 1], &in, "HTTP/1.1 503"));
    assert_true(receive_until(fds[MANY - 1], &in, "too_many_connections"));
    assert_non_null(strcasestr(pc_buf_text(&in), "\r\nRetry-After: "));
    atomic_store(&test_records_faults.delay_ms, 0);
    pc_buf_clear(&in);
    assert_true(receive_until(fds[0], &in, "\"status\":\"pending\""));
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    pc_buf_finish(&in);
}

static void stop_ends_suspended_requests(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int64_t id = submit_image(s, 1);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    int first = ask_status(s, id), live = dial(s);
    send_text(live, HANDSHAKE); /* its first refresh hangs too */
    await(&test_records_faults.waiting, 2);
    pc_http_stop(s->http);
    atomic_store(&test_records_faults.delay_ms, 0); /* within the grace of the stop */
    served_stop(s);
    assert_true(receive_until(first, &in, "\"status\":\"pending\""));
    close(first);
    close(live);
    pc_buf_finish(&in);
}

static void stop_does_not_wait_for_ever(void **state)
{
    struct served *s = *state;
    int64_t id = submit_image(s, 1);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    int fd = ask_status(s, id);
    await(&test_records_faults.waiting, 1);
    served_stop(s); /* returns, although the store never answers */
    assert_int_equal(atomic_load(&test_records_faults.waiting), 1);
    close(fd);
}

/* --- files and ZIP --- */

static void put_file(struct served *s, const char *key, size_t len)
{
    struct pc_err err = PC_ERR_INIT;
    char *bytes = pc_xzalloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 7 % 251);
    assert_ok(pc_blobs_put(s->parts.blobs, key, bytes, len, &err), &err);
    free(bytes);
}

static void files_come_in_pieces(void **state)
{
    struct served *s = *state;
    struct reply r;
    size_t len = 3 * 1000 * 1000 + 17;
    put_file(s, "shots/1/a.jpg", len);
    put_file(s, "shots/1/empty.jpg", 0);
    call(s, &r, "GET", "/files/shots/1/a.jpg", NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body.len, len);
    for (size_t i = 0; i < len; i++)
        if (r.body.data[i] != (char)(i * 7 % 251))
            fail_msg("byte %zu differs", i);
    assert_true(reply_has(&r, "ETag: \"a.jpg\""));
    reply_finish(&r);
    call(s, &r, "GET", "/files/shots/1/a.jpg", "Range: bytes=1000000-1999999", NULL, 0);
    assert_int_equal(r.status, 206);
    assert_int_equal(r.body.len, 1000000);
    assert_int_equal(r.body.data[5], (char)((1000005 * 7) % 251));
    reply_finish(&r);
    expect(s, "GET", "/files/shots/1/a.jpg", "If-None-Match: \"a.jpg\"", NULL, 304, "");
    expect(s, "HEAD", "/files/shots/1/a.jpg", NULL, NULL, 200, "");
    expect(s, "GET", "/files/shots/1/empty.jpg", NULL, NULL, 200, "");
    expect(s, "GET", "/files/shots/1/none.jpg", NULL, NULL, 404, "not_found");
    expect(s, "GET", "/files/shots/1/a.jpg", "Range: bytes=9000000-", NULL, 416,
           "range_not_satisfiable");
}

static void files_do_not_hold_up_the_loop(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    put_file(s, "shots/1/a.jpg", 2 << 20);
    atomic_store(&test_blobs_faults.delay_ms, HANG_MS);
    int fd = dial(s), leaver = send_get(s, "/files/shots/1/a.jpg");
    send_text(fd,
              "GET /files/shots/1/a.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect_answers_while_it_hangs(s, &test_blobs_faults, 1);
    close(leaver);
    atomic_store(&test_blobs_faults.delay_ms, 0);
    assert_true(receive_end(fd, &in));
    assert_true(in.len > 2 << 20);
    /* When the store fails in the middle, the response breaks off short of its Content-Length. The
     * file is larger than all buffers between the server and us, so its end has not been read. */
    put_file(s, "shots/1/large.jpg", LARGE);
    int broken = send_get(s, "/files/shots/1/large.jpg");
    pc_buf_clear(&in);
    assert_true(receive_until(broken, &in, "\r\n\r\n"));
    atomic_store(&test_blobs_faults.code, PC_E_STORE_UNAVAILABLE);
    assert_true(receive_end(broken, &in));
    assert_true(in.len < LARGE);
    close(broken);
    close(fd);
    pc_buf_finish(&in);
}

static void zip_waits_off_the_loop(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    (void)submit_image(s, 1);
    atomic_store(&test_records_faults.delay_ms, HANG_MS);
    int fd = dial(s);
    send_text(fd, "GET /images.zip?ids=1,2 HTTP/1.1\r\nHost: localhost\r\nConnection: "
                  "close\r\n\r\n");
    expect_answers_while_it_hangs(s, &test_records_faults, 1);
    atomic_store(&test_records_faults.delay_ms, 0);
    assert_true(receive_end(fd, &in));
    assert_non_null(memmem(in.data, in.len, "manifest.csv", 12));
    assert_non_null(memmem(in.data, in.len, "not_found", 9));
    close(fd);
    pc_buf_clear(&in);
    atomic_store(&test_records_faults.code, PC_E_STORE_UNAVAILABLE);
    expect(s, "GET", "/images.zip", NULL, NULL, 503, "store_unavailable");
    pc_buf_finish(&in);
}

/* --- what other processes change --- */

static void notified_changes_are_shown_once(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    char text[64];
    int published = test_queue_published();
    int64_t id = submit_image(s, 1), gone = submit_image(s, 2), announced = submit_image(s, 3);
    assert_true(test_queue_published() >= published + 3); /* other processes are notified */
    int fd = join_live(s, &in);
    assert_true(receive_until(fd, &in, "\"hello\""));
    pc_buf_clear(&in);
    assert_ok(pc_records_begin(s->parts.records, id, &r, &err),
              &err); /* as another process would */
    pc_record_finish(&r);
    test_queue_deliver(id, false);
    snprintf(text, sizeof text, "\"images\":[{\"id\":%lld,", (long long)id);
    assert_true(receive_until(fd, &in, text));
    pc_buf_clear(&in);
    assert_ok(pc_records_remove(s->parts.records, gone, &r, &err), &err);
    pc_record_finish(&r);
    test_queue_deliver(gone, true);
    snprintf(text, sizeof text, "\"ids\":[%lld]", (long long)gone);
    assert_true(receive_until(fd, &in, text));
    /* The store still has this one: no refresh would show it as removed, only the notification does. */
    test_queue_deliver(announced, true);
    snprintf(text, sizeof text, "\"ids\":[%lld]", (long long)announced);
    assert_true(receive_until(fd, &in, text));
    pc_buf_clear(&in);
    assert_false(receive_within(fd, &in, "\"removed\"",
                                6500)); /* the periodic refresh publishes nothing twice */
    assert_null(strstr(pc_buf_text(&in), "\"changed\""));
    test_queue_deliver(0, false); /* notifications were lost */
    assert_true(receive_until(fd, &in, "\"hello\""));
    close(fd);
    pc_buf_finish(&in);
}

/* With memory drivers: there are no notifications between processes. */
static void removal_without_notification_is_found(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r = {0};
    char text[64];
    int64_t id = submit_image(s, 1);
    int fd = join_live(s, &in);
    assert_true(receive_until(fd, &in, "\"hello\""));
    pc_clock_sleep_ms(300);
    assert_ok(pc_records_remove(s->parts.records, id, &r, &err), &err);
    pc_record_finish(&r);
    snprintf(text, sizeof text, "\"ids\":[%lld]", (long long)id);
    assert_true(receive_until(fd, &in, text));
    close(fd);
    pc_buf_finish(&in);
}

static void waiting_request_is_woken_by_notification(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    int64_t id = submit_image(s, 1);
    int fd = send_get(s, "/image-status/%lld?wait=30", (long long)id);
    await_metric(s, "posecraft_http_waiting", 1);
    pc_clock_sleep_ms(300);
    assert_ok(
        pc_records_fail(s->parts.records, id, "image_corrupt", "It is no picture.", true, &err),
        &err);
    test_queue_deliver(id, false);
    assert_true(receive_until(fd, &in, "\"status\":\"failed\""));
    close(fd);
    pc_buf_finish(&in);
}

static void live_outlasts_a_store_outage(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    char text[64];
    int fd = join_live(s, &in);
    assert_true(receive_until(fd, &in, "\"hello\""));
    atomic_store(&test_records_faults.code, PC_E_STORE_UNAVAILABLE);
    test_queue_deliver(1, false);
    pc_clock_sleep_ms(300);
    atomic_store(&test_records_faults.code, 0);
    int64_t id = submit_image(s, 1);
    snprintf(text, sizeof text, "\"images\":[{\"id\":%lld,", (long long)id);
    assert_true(receive_until(fd, &in, text));
    close(fd);
    pc_buf_finish(&in);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loop_answers_while_a_store_hangs),
        TEST(store_outage_is_reported_and_ends),
        TEST(upload_ends_off_the_loop),
        TEST(clients_leave_while_they_are_suspended),
        TEST(too_many_waiting_are_rejected_at_once),
        TEST(stop_ends_suspended_requests),
        TEST(stop_does_not_wait_for_ever),
        TEST(files_come_in_pieces),
        TEST(files_do_not_hold_up_the_loop),
        TEST(zip_waits_off_the_loop),
        TEST(notified_changes_are_shown_once),
        cmocka_unit_test_setup_teardown(removal_without_notification_is_found, served_setup,
                                        served_teardown),
        TEST(waiting_request_is_woken_by_notification),
        TEST(live_outlasts_a_store_outage),
    };
    return cmocka_run_group_tests_name("http-slow_stores", tests, NULL, NULL);
}
