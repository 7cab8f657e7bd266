/* Slow clients, too many clients, and the stop of the server. Each test has a server of its own. */
#include "harness.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static int impatient(void **state)
{
    static struct served s;
    served_init(&s);
    s.parts.config.header_ms = 700;
    s.parts.config.body_min_rate = 10000;
    s.parts.config.max_connections = 4;
    served_start(&s);
    *state = &s;
    return 0;
}

/* Sends one character every 50 ms until the server answers or hangs up, then reads to the end. */
static void dribble(int fd, struct pc_buf *in)
{
    for (int64_t until = pc_clock_mono_ms() + WATCHDOG_MS; pc_clock_mono_ms() < until;) {
        send_text(fd, "a");
        if (receive_within(fd, in, "\r\n\r\n{", 50))
            break;
    }
    assert_true(receive_end(fd, in));
}

static void slow_header_is_aborted(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = dial(s);
    send_text(fd, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    dribble(fd, &in);
    assert_non_null(strstr(pc_buf_text(&in), "408 Request Timeout"));
    assert_non_null(strstr(pc_buf_text(&in), "request_too_slow"));
    assert_true(read_metric(s, "posecraft_http_slow_cut_total") >= 1);
    close(fd);
    pc_buf_finish(&in);
}

static void silent_connection_is_closed(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = dial(s);
    assert_true(receive_end(fd, &in));
    close(fd);
    pc_buf_finish(&in);
}

static void slow_body_is_aborted(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = dial(s);
    send_text(fd, "POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/bmp\r\n"
                  "Content-Length: 100000\r\n\r\nBM");
    dribble(fd, &in);
    assert_non_null(strstr(pc_buf_text(&in), "request_too_slow"));
    close(fd);
    pc_buf_finish(&in);
}

static void too_many_connections_are_rejected(void **state)
{
    struct served *s = *state;
    struct reply r;
    int fds[4];
    for (int i = 0; i < 4; i++)
        fds[i] = dial(s);
    call(s, &r, "GET", "/images", NULL, NULL, 0);
    assert_int_equal(r.status, 503);
    assert_string_equal(reply_code(&r), "too_many_connections");
    assert_true(reply_has(&r, "Retry-After: 5"));
    reply_finish(&r);
    expect(s, "GET", "/healthz", NULL, NULL, 200, "");
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    await_metric(s, "posecraft_http_connections", 1); /* that of the question itself */
    expect(s, "GET", "/images", NULL, NULL, 200, "");
}

static void stop_says_goodbye(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = join_live(s, &in), idle = dial(s);
    served_stop(s);
    assert_true(receive_end(fd, &in));
    assert_true(in.len > 4 && memcmp(in.data + in.len - 4, "\x88\x02\x03\xe9", 4) == 0); /* 1001 */
    close(fd);
    close(idle);
    pc_buf_finish(&in);
}

static void stop_answers_long_polls(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = send_get(s, "/image-status/%lld?wait=60", (long long)submit_image(s, 1));
    await_metric(s, "posecraft_http_waiting", 1);
    served_stop(s);
    assert_true(receive_end(fd, &in));
    assert_non_null(strstr(pc_buf_text(&in), "\"status\":\"pending\""));
    assert_non_null(strcasestr(pc_buf_text(&in), "Connection: close"));
    close(fd);
    pc_buf_finish(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(slow_header_is_aborted, impatient, served_teardown),
        cmocka_unit_test_setup_teardown(silent_connection_is_closed, impatient, served_teardown),
        cmocka_unit_test_setup_teardown(slow_body_is_aborted, impatient, served_teardown),
        cmocka_unit_test_setup_teardown(too_many_connections_are_rejected, impatient,
                                        served_teardown),
        cmocka_unit_test_setup_teardown(stop_says_goodbye, served_setup, served_teardown),
        cmocka_unit_test_setup_teardown(stop_answers_long_polls, served_setup, served_teardown),
    };
    return cmocka_run_group_tests_name("http-slow", tests, NULL, NULL);
}
