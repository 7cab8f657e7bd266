/* A real server on a free port, in a thread of its own, with memory drivers and no workers; and its
 * clients: libcurl, and plain sockets for what libcurl would not send. */
#ifndef PC_TESTS_HTTP_HARNESS_H
#define PC_TESTS_HTTP_HARNESS_H

#include "support.h"

#include <jansson.h>
#include <pthread.h>

#include "base/buf.h"
#include "fixture.h"
#include "http/http.h"

struct served {
    struct test_fixture parts; /* settings may be changed before served_start */
    struct pc_http *http;
    pthread_t thread;
    char *page_dir; /* a fresh folder */
    bool running;
};

void served_init(struct served *s);
void served_start(struct served *s);
void served_stop(struct served *s); /* stops the server and waits for its thread */
void served_finish(struct served *s);
int served_setup(void **state); /* fixtures: *state is a server with small limits */
int served_teardown(void **state);

struct reply {
    long status;
    struct pc_buf headers, body;
    json_t *json; /* NULL when the body is not JSON */
};

/* Sends one request and reads its response. headers: "A: b\nC: d" or NULL; body: NULL for none;
 * path may have a query. */
void call(struct served *s, struct reply *r, const char *method, const char *path,
          const char *headers, const void *body, size_t len);
void reply_finish(struct reply *r);
/* Does the reply have this header line, ignoring case? */
bool reply_has(const struct reply *r, const char *line);
/* "error.code" of the reply, or "". */
const char *reply_code(const struct reply *r);
/* One call whose status and error code ("" for none) must be these. */
void expect(struct served *s, const char *method, const char *path, const char *headers,
            const char *body, long status, const char *code);
/* The value of a metric of /metrics, or -1. */
int64_t read_metric(struct served *s, const char *name);
/* Waits until a metric has this value; the test fails when that never happens (WATCHDOG_MS). */
void await_metric(struct served *s, const char *name, int64_t value);

int dial(struct served *s);
/* Sends a GET request on a new connection, which stays open. Returns its descriptor. */
int send_get(struct served *s, const char *path_format, ...) __attribute__((format(printf, 2, 3)));
void send_bytes(int fd, const void *bytes, size_t len);
void send_text(int fd, const char *text);
/* No test asserts how long something takes. This only ends one that would wait for ever. */
enum { WATCHDOG_MS = 60 * 1000 };
/* Reads, appending to in, until it contains text or the stream ends. True: it contains text. */
bool receive_until(int fd, struct pc_buf *in, const char *text);
/* The same, but gives up after a while: for what should not come, or need not. */
bool receive_within(int fd, struct pc_buf *in, const char *text, int64_t within_ms);
/* Reads to the end of the stream. False: it does not end. */
bool receive_end(int fd, struct pc_buf *in);

#define HANDSHAKE                                                                                  \
    "GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"       \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
/* Opens /live, and appends what it received to in. */
int join_live(struct served *s, struct pc_buf *in);

int64_t submit_image(struct served *s, unsigned char shade); /* returns its id */
/* As a worker would: the image failed for good. */
void fail_image(struct served *s, int64_t id);

/* test_live.c */
void handshake_needs_websocket(void **state);
void live_says_hello_and_what_changed(void **state);
void live_answers_pings_and_closes(void **state);
void live_takes_data_behind_the_handshake(void **state);
void live_drops_who_breaks_the_protocol(void **state);
void live_drops_who_does_not_read(void **state);

#endif
