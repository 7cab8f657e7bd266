/* What the files of src/http share: the server, a connection, a request, and a handler.
 *
 * Life of a request: on_uri (conn.c) makes it; once the headers are in it is routed and judged; its
 * handler's begin, body (each piece) and end are called; end answers by one pc_answer_* call, or
 * asks for what the service knows or does (aside.h, jsonask.h), or parks the request (wait.c) or
 * turns it into a live channel (live.c). A code instead of PC_OK from any of them becomes the error
 * answer. on_completed logs, counts and frees it.
 *
 * Threads: all of this belongs to the loop thread, which never waits for a network or a sync of the
 * disk; aside.h alone has threads of its own.
 */
#ifndef PC_HTTP_INTERNAL_H
#define PC_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"
#include "config/config.h"
#include "http/http.h"
#include "http/router.h"
#include "service/service.h"

struct pc_loop_watch { /* something in the epoll set; first member of its owner */
    void (*ready)(struct pc_loop_watch *watch, uint32_t events);
};

enum pc_connection_phase {
    PC_PHASE_NEW,       /* connected, no request line yet */
    PC_PHASE_IDLE,      /* kept alive between requests */
    PC_PHASE_HEADER,    /* request line seen, headers not whole */
    PC_PHASE_BODY,      /* a body comes: minimum rate */
    PC_PHASE_HANDLING,  /* ours to answer: no deadline */
    PC_PHASE_RESPONSE,  /* an answer goes out */
    PC_PHASE_DRAIN,     /* refused in mid-body, answer sent, the rest is thrown away for a moment */
    PC_PHASE_SUSPENDED, /* suspended or a live channel: kept by its owner */
    PC_PHASE_ABORTED,   /* shut down by us, waits for the library to notice */
};

struct pc_request;

struct pc_connection {
    struct pc_connection *next, *prev;
    struct pc_http *http;
    struct pc_request *request; /* owned; NULL between requests */
    int fd;                     /* the library's */
    enum pc_connection_phase phase;
    int64_t deadline_ms; /* FRESH, IDLE, HEADER, ANSWER, DRAIN */
};

/* What a route does. begin and body may be NULL: then a body is skipped. */
struct pc_handler {
    enum pc_code (*begin)(struct pc_request *r); /* headers are in: take state, refuse early */
    enum pc_code (*body)(struct pc_request *r, const char *data, size_t len);
    enum pc_code (*end)(struct pc_request *r); /* all is in: answer */
    void (*free_state)(struct pc_request *r);  /* frees r->state; called once if it is not NULL */
    int64_t (*max_body)(const struct pc_request *r); /* bytes; NULL: what is skipped at most */
};

struct pc_request {
    struct pc_http *http;
    struct pc_connection *connection;
    struct MHD_Connection *mhd;
    const struct pc_handler *handler; /* NULL: refused, OPTIONS */
    struct pc_router_match match;
    enum pc_http_method method;
    const char *path; /* decoded; borrowed of the library */
    char *url;        /* as sent, for the log: owned */
    bool headers_seen, expects_continue;
    bool responded;      /* a response is queued, or went out raw */
    bool sent_raw;       /* it went out raw: the connection ends after the drain */
    int64_t body_length; /* -1: unknown until its end */
    int64_t received;
    int64_t drain_left;
    int64_t response_bytes; /* of the answer's body: how long it may take */
    int64_t started_ms, started_us;
    int status;
    char id[65]; /* X-Request-Id */
    struct pc_err err;
    const char *content_range; /* of an error answer 416; borrowed */
    void *state;               /* of the handler */
    struct pc_task *task;      /* asked for, not answered yet (aside.h); owned */
};

struct pc_executor;
struct pc_change_feed;
struct pc_ws_hub;
struct pc_stream;
struct pc_task;
struct pc_long_polls;

struct pc_http {
    struct pc_service *svc;
    const struct pc_config *config;
    char *page_dir;
    bool loopback; /* bound to it: the Host rule of guard.h holds */
    int port;
    struct MHD_Daemon *daemon;
    int epoll_fd, stop_fd;
    struct pc_loop_watch daemon_watch, stop_watch, events_watch;
    bool daemon_ready; /* MHD_run has something to do */
    bool stopping;
    int64_t events_at_ms; /* when to drain the events; 0: nothing waits */
    struct pc_connection *connections;
    int open_connections,
        active_requests; /* connections; requests not completed, live channels apart */
    struct pc_ws_hub *ws_hub;
    struct pc_long_polls *long_polls;
    struct pc_change_feed *change_feed;
    struct pc_stream *streams; /* those that wait for bytes */
    int n_streams;             /* all that send */
    struct pc_executor
        *executors[6]; /* pools of side threads, by enum pc_executor_pool of aside.h */
    bool records_remote, blobs_remote;     /* a look at them may take long */
    int64_t responses[PC_OP_COUNT + 1][6]; /* by route and status class; [..][0]: client gone */
    int64_t aborted_slow, rejected_full;
    int64_t buffered_bytes; /* of bodies that are kept whole until their end */
};

/* --- handlers.c, and the files of the handlers ----------------------------------------------- */

#define PC_ROUTE(method, path, op) extern const struct pc_handler pc_handler_##op;
#include "pc_routes.inc"
#undef PC_ROUTE
extern const struct pc_handler pc_handler_page;
extern const struct pc_embedded pc_embedded_docs[]; /* /docs: docs_page.py writes it */
const struct pc_handler *pc_handler_find(enum pc_router_operation op);

/* The {id} of the path. not_found when it is no id. */
PC_NODISCARD enum pc_code pc_request_id(struct pc_request *r, int64_t *id);
/* NULL when absent. */
const char *pc_request_header(const struct pc_request *r, const char *name);
const char *pc_request_query(const struct pc_request *r, const char *name);
/* Does the Content-Type name this type, parameters apart? "image/" takes all below it. */
bool pc_request_has_type(const struct pc_request *r, const char *type);

/* images.c: q, batch, status, attention and review of the query. Texts borrow from the request. */
PC_NODISCARD enum pc_code pc_request_read_filters(struct pc_request *r, struct pc_record_query *q);

/* --- answer.c ----------------------------------------------------------------------------------
 */

/* Every answer goes through here: adds what all have. Takes response; NULL, which it is when memory
 * is short, is the error that r->err tells, or internal. */
enum pc_code pc_response_send(struct pc_request *r, int status, struct MHD_Response *response);
enum pc_code pc_response_send_json(struct pc_request *r, int status, json_t *body); /* takes body */
/* Takes text's bytes. */
enum pc_code pc_response_send_buf(struct pc_request *r, int status, const char *type,
                                  struct pc_buf *text);
enum pc_code pc_response_send_text(struct pc_request *r, int status, const char *type,
                                   const char *text);
/* Of r->err; rejected (takes, may be NULL) stands beside it. */
enum pc_code pc_response_send_error(struct pc_request *r, json_t *rejected);
/* Writes the error answer of r->err straight to the socket: for a request whose body is not over.
 */
void pc_response_send_raw(struct pc_request *r);
/* One without a body, and one of these bytes, which it takes. */
struct MHD_Response *pc_response_create_empty(void);
struct MHD_Response *pc_response_create_buf(struct pc_request *r, struct pc_buf *bytes);
/* Nothing happens to NULL. */
void pc_response_set_header(struct MHD_Response *response, const char *name, const char *value);

/* --- conn.c ------------------------------------------------------------------------------------
 */

void pc_connection_set_phase(struct pc_connection *connection, enum pc_connection_phase phase,
                             int64_t deadline_ms);
void pc_connection_sweep(struct pc_http *http, int64_t now_ms);
/* Options of the daemon that conn.c serves. */
enum MHD_Result pc_connection_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                         const char *method, const char *version, const char *data,
                                         size_t *size, void **state);
void *pc_connection_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd);
void pc_connection_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
                                enum MHD_RequestTerminationCode why);
void pc_connection_on_connection(void *cls, struct MHD_Connection *mhd, void **state,
                                 enum MHD_ConnectionNotificationCode what);
/* The request became a live channel: frees it, keeps the connection. */
void pc_connection_detach_request(struct pc_connection *connection);

/* --- server.c ----------------------------------------------------------------------------------
 */

void pc_loop_add(struct pc_http *http, int fd, uint32_t events, struct pc_loop_watch *watch);
void pc_loop_modify(struct pc_http *http, int fd, uint32_t events, struct pc_loop_watch *watch);
void pc_loop_remove(struct pc_http *http, int fd);

/* --- wait.c: /image-status?wait= ---------------------------------------------------------------
 */

struct pc_long_poll;
struct pc_long_polls *pc_long_polls_create(struct pc_http *http); /* gives */
void pc_long_polls_destroy(struct pc_long_polls *polls);
/* Notes from now on whether the image changes. Gives. */
struct pc_long_poll *pc_long_poll_begin(struct pc_request *r, int64_t id, int64_t deadline_ms);
void pc_long_poll_end(struct pc_long_poll *poll); /* takes */
void pc_long_poll_rearm(
    struct pc_long_poll *poll); /* the image is looked at: forget what was noted */
/* Suspends the request; its end is called again when the image changed, at the deadline, or when
 * the server stops. False: it waits no longer, answer. */
bool pc_long_poll_suspend(struct pc_long_poll *poll);
void pc_long_polls_notify(struct pc_long_polls *polls, int64_t id); /* 0: perhaps any */
void pc_long_polls_sweep(struct pc_long_polls *polls, int64_t now_ms);
void pc_long_polls_end_all(struct pc_long_polls *polls);
int pc_long_polls_count(const struct pc_long_polls *polls);

/* --- live.c: /live -----------------------------------------------------------------------------
 */

struct pc_ws_hub *pc_ws_hub_create(struct pc_http *http); /* gives */
void pc_ws_hub_destroy(struct pc_ws_hub *hub);
void pc_ws_hub_broadcast(struct pc_ws_hub *hub, json_t *message); /* takes message */
/* Where we stand: greets those that were not greeted yet, or all again. */
void pc_ws_hub_greet(struct pc_ws_hub *hub, int64_t seq, json_t *counts, bool again);
void pc_ws_hub_drop_hello(struct pc_ws_hub *hub); /* the last hello is true no more */
/* Pings, drops the dead. */
void pc_ws_hub_sweep(struct pc_ws_hub *hub, int64_t now_ms);
/* Says good-bye (1001) to all; those that are flushed are closed at once. */
void pc_ws_hub_say_goodbye(struct pc_ws_hub *hub);
/* Closes what is left. */
void pc_ws_hub_close_all(struct pc_ws_hub *hub);
int pc_ws_hub_count(const struct pc_ws_hub *hub);

/* --- changes.c ---------------------------------------------------------------------------------
 */

struct pc_change_feed *pc_change_feed_create(struct pc_http *http); /* gives */
void pc_change_feed_destroy(struct pc_change_feed *feed);
/* Somebody listens anew, and perhaps waits for hello. */
void pc_change_feed_request(struct pc_change_feed *feed, bool hello);
void pc_change_feed_on_events(struct pc_change_feed *feed, const struct pc_event *events, int n);
/* Each turn of the loop, and when the next is wanted at the latest. */
void pc_change_feed_run(struct pc_change_feed *feed, int64_t now_ms);
int64_t pc_change_feed_next_ms(const struct pc_change_feed *feed);

/* --- metrics.c ---------------------------------------------------------------------------------
 */

void pc_http_metrics(const struct pc_http *http, struct pc_buf *out);

#endif
