/* The WebSocket of /live, with frames written by hand: those of clients are masked (RFC 6455,
 * 5.3). */
#include "harness.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

void handshake_needs_websocket(void **state)
{
    struct served *s = *state;
    struct reply r;
    call(s, &r, "GET", "/live", NULL, NULL, 0);
    assert_int_equal(r.status, 426);
    assert_string_equal(reply_code(&r), "upgrade_required");
    assert_true(reply_has(&r, "Sec-WebSocket-Version: 13"));
    reply_finish(&r);
    expect(s, "GET", "/live",
           "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 12\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
           NULL, 426, "upgrade_required");
}

void live_says_hello_and_what_changed(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT, other = PC_BUF_INIT;
    char text[64];
    int fd = join_live(s, &in), second = join_live(s, &other);
    assert_true(receive_until(fd, &in, "{\"type\":\"hello\",\"seq\":"));
    int64_t id = submit_image(s, 50);
    snprintf(text, sizeof text, "\"images\":[{\"id\":%lld,", (long long)id);
    assert_true(receive_until(fd, &in, "{\"type\":\"changed\",\"seq\":"));
    assert_true(receive_until(fd, &in, text));
    assert_true(receive_until(fd, &in, "{\"type\":\"counts\",\"seq\":"));
    assert_true(receive_until(second, &other, text));
    snprintf(text, sizeof text, "/images/%lld", (long long)id);
    expect(s, "DELETE", text, NULL, NULL, 204, "");
    snprintf(text, sizeof text, "\"ids\":[%lld]}", (long long)id);
    assert_true(receive_until(fd, &in, text));
    assert_int_equal(read_metric(s, "posecraft_http_live_clients"), 2);
    close(fd);
    close(second);
    for (int i = 0; i < 200 && read_metric(s, "posecraft_http_live_clients"); i++)
        pc_clock_sleep_ms(10);
    assert_int_equal(read_metric(s, "posecraft_http_live_clients"), 0);
    pc_buf_finish(&in);
    pc_buf_finish(&other);
}

void live_answers_pings_and_closes(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = join_live(s, &in);
    send_bytes(fd, "\x89\x82\0\0\0\0hi", 8);
    assert_true(receive_until(fd, &in, "\x8a\x02hi"));
    send_bytes(fd, "\x81\x83\1\2\3\4abc", 9); /* a message: accepted, without effect */
    send_bytes(fd, "\x88\x82\0\0\0\0\x03\xe8", 8);
    assert_true(receive_until(fd, &in, "\x88\x02\x03\xe8"));
    assert_true(receive_end(fd, &in));
    close(fd);
    pc_buf_finish(&in);
}

void live_takes_data_behind_the_handshake(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT;
    int fd = dial(s);
    send_bytes(fd, HANDSHAKE "\x89\x82\0\0\0\0yo\x89\x82", sizeof HANDSHAKE - 1 + 10);
    assert_true(receive_until(fd, &in, "\x8a\x02yo"));
    send_bytes(fd, "\0\0\0\0ho", 6); /* the rest of a frame that is sent in two pieces */
    assert_true(receive_until(fd, &in, "\x8a\x02ho"));
    close(fd);
    pc_buf_finish(&in);
}

void live_drops_who_breaks_the_protocol(void **state)
{
    struct served *s = *state;
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"\x81\x03"
         "abc",
         5},                                        /* not masked */
        {"\xff\xff\xff\xff\xff\xff", 6},            /* reserved bits */
        {"\x81\xff\0\0\0\1\0\0\0\0\0\0\0\0aa", 16}, /* 4 GiB announced */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pc_buf in = PC_BUF_INIT;
        int fd = join_live(s, &in);
        send_bytes(fd, bad[i].bytes, bad[i].len);
        assert_true(receive_end(fd, &in));
        close(fd);
        pc_buf_finish(&in);
    }
}

void live_drops_who_does_not_read(void **state)
{
    struct served *s = *state;
    struct pc_buf in = PC_BUF_INIT, urls = PC_BUF_INIT;
    int fd = join_live(s, &in);
    int64_t until = pc_clock_mono_ms() + 20000;
    for (int n = 0; read_metric(s, "posecraft_http_live_clients") && pc_clock_mono_ms() < until;
         n++) {
        pc_buf_clear(&urls);
        for (int i = 0; i < 300; i++)
            pc_buf_printf(&urls, "https://shop.example/unread/%d/%d/%0500d.jpg\n", n, i, 0);
        expect(s, "POST", "/process-batch", "Content-Type: text/plain", urls.data, 202, "");
        pc_clock_sleep_ms(50);
    }
    assert_int_equal(read_metric(s, "posecraft_http_live_clients"), 0);
    close(fd);
    pc_buf_finish(&in);
    pc_buf_finish(&urls);
}
