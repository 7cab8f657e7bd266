/* /live: what changed, pushed to every open page.
 *
 * hello (seq, counts) greets a client, and comes again to all when more changed than could be
 * noted: read the list again. A change makes one message for all: `changed` holds the images whose
 * seq is above the last that was told, in order, read by one query; `removed` the ids; `counts`
 * follows. The same query runs once a second while somebody listens, so changes that workers in
 * other processes made arrive too. seq of `changed` means: all up to here has been told.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/live.h"

enum {
    LOOK_MS = 1000,
    PING_MS = 30 * 1000,
    SILENT_MS = 75 * 1000, /* no answer to two pings */
    GOODBYE_MS = 1000,
    AT_ONCE = 200, /* images in one message */
};

struct pc_live {
    struct pc_http *http;
    struct pc_client *clients;
    int n;
    int64_t told_seq; /* all changes up to here went out */
    int64_t look_at_ms;
    bool more;              /* the last message was full */
    struct pc_frame *ping;  /* shared */
    struct pc_frame *hello; /* as long as nothing changes; NULL: to be made */
};

struct pc_live *pc_live_create(struct pc_http *http)
{
    struct pc_live *live = pc_xmalloc(sizeof *live);
    live->http = http;
    live->ping = pc_frame_make(PC_WS_PING, NULL, 0);
    return live;
}

void pc_live_destroy(struct pc_live *live)
{
    if (!live)
        return;
    pc_frame_unref(live->ping);
    pc_frame_unref(live->hello);
    free(live);
}

int pc_live_count(const struct pc_live *live)
{
    return live->n;
}

/* --- clients -----------------------------------------------------------------------------------
 */

static void forget_hello(struct pc_live *live)
{
    pc_frame_unref(live->hello);
    live->hello = NULL;
}

static void drop(struct pc_live *live, struct pc_client *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        live->clients = c->next;
    if (c->next)
        c->next->prev = c->prev;
    if (--live->n == 0)
        forget_hello(live); /* nobody watches for changes from now on */
    pc_http_unwatch(live->http, c->fd);
    pc_client_destroy(c);
}

static void client_ready(struct pc_watch *watch, uint32_t events)
{
    struct pc_client *c = (struct pc_client *)watch;
    pc_client_serve(c, events);
    if (c->dead)
        drop(c->http->live, c);
}

/* Takes frame. */
static void tell_all(struct pc_live *live, struct pc_frame *frame)
{
    for (struct pc_client *c = live->clients, *next; c; c = next) {
        next = c->next;
        pc_client_send(c, frame);
        if (c->dead)
            drop(live, c);
    }
    pc_frame_unref(frame);
}

/* --- messages ----------------------------------------------------------------------------------
 */

/* Takes message. */
static struct pc_frame *frame_of(json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct pc_frame *frame = text ? pc_frame_make(PC_WS_TEXT, text, strlen(text)) : NULL;
    free(text);
    json_decref(message);
    return frame;
}

static struct pc_frame *counts_frame(struct pc_live *live, const char *type, int64_t *seq)
{
    json_t *counts;
    struct pc_err err = PC_ERR_INIT;
    if (pc_service_counts(live->http->svc, &counts, seq, &err)) {
        pc_log_err(PC_LOG_WARN, "live: counts not read", &err);
        return NULL;
    }
    return frame_of(
        json_pack("{s:s, s:I, s:o}", "type", type, "seq", (json_int_t)*seq, "counts", counts));
}

static struct pc_frame *hello_frame(struct pc_live *live)
{
    int64_t seq = 0;
    if (live->hello)
        return live->hello;
    live->hello = counts_frame(live, "hello", &seq);
    if (live->hello && live->n == 0)
        live->told_seq = seq; /* nobody has missed anything */
    return live->hello;
}

static void greet_all_again(struct pc_live *live)
{
    forget_hello(live);
    struct pc_frame *frame = hello_frame(live);
    if (!frame)
        return;
    frame->refs++;
    tell_all(live, frame);
}

static void tell_counts(struct pc_live *live)
{
    int64_t seq;
    struct pc_frame *frame = counts_frame(live, "counts", &seq);
    if (frame)
        tell_all(live, frame);
}

static void tell_removed(struct pc_live *live, const struct pc_event *events, int n)
{
    json_t *ids = json_array();
    for (int i = 0; i < n; i++)
        if (events[i].removed)
            json_array_append_new(ids, json_integer(events[i].id));
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        return;
    }
    tell_all(live, frame_of(json_pack("{s:s, s:I, s:o}", "type", "removed", "seq",
                                      (json_int_t)live->told_seq, "ids", ids)));
}

/* What changed above told_seq, at most AT_ONCE. true when something did. */
static bool tell_changed(struct pc_live *live)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_err err = PC_ERR_INIT;
    json_t *list;
    q.limit = AT_ONCE;
    q.since_seq = live->told_seq; /* 0, a store that was empty: from the first on */
    q.sort = PC_SORT_UPDATED;
    q.descending = false;
    live->more = false;
    if (pc_service_list(live->http->svc, &q, &list, &err)) {
        pc_log_err(PC_LOG_WARN, "live: changes not read", &err);
        return false;
    }
    json_t *images = json_object_get(list, "images");
    size_t n = json_array_size(images);
    live->more = n == AT_ONCE;
    const json_t *upto = live->more ? json_array_get(images, n - 1) : list;
    int64_t seq = json_integer_value(json_object_get(upto, "seq"));
    if (seq > live->told_seq)
        live->told_seq = seq;
    if (n)
        tell_all(live, frame_of(json_pack("{s:s, s:I, s:O}", "type", "changed", "seq",
                                          (json_int_t)live->told_seq, "images", images)));
    json_decref(list);
    return n > 0;
}

void pc_live_events(struct pc_live *live, const struct pc_event *events, int n)
{
    bool lost = false;
    forget_hello(live);
    if (!live->n)
        return;
    for (int i = 0; i < n; i++)
        lost = lost || events[i].id == 0;
    tell_removed(live, events, n);
    (void)tell_changed(live);
    if (lost)
        greet_all_again(live);
    else
        tell_counts(live);
}

/* --- the clock ---------------------------------------------------------------------------------
 */

static void look(struct pc_live *live)
{
    int64_t seq;
    json_t *counts;
    struct pc_err err = PC_ERR_INIT;
    forget_hello(live);
    if (pc_service_counts(live->http->svc, &counts, &seq, &err))
        return;
    json_decref(counts);
    if ((live->more || seq > live->told_seq) && tell_changed(live))
        tell_counts(live);
}

void pc_live_sweep(struct pc_live *live, int64_t now_ms)
{
    if (live->n && now_ms >= live->look_at_ms) {
        look(live);
        live->look_at_ms = now_ms + (live->more ? 0 : LOOK_MS);
    }
    for (struct pc_client *c = live->clients, *next; c; c = next) {
        next = c->next;
        if (now_ms - c->pinged_ms >= PING_MS) {
            c->pinged_ms = now_ms;
            pc_client_send(c, live->ping);
        }
        if (c->dead || now_ms - c->heard_ms > SILENT_MS ||
            (c->close_by_ms && now_ms > c->close_by_ms))
            drop(live, c);
    }
}

void pc_live_stop(struct pc_live *live)
{
    for (struct pc_client *c = live->clients, *next; c; c = next) {
        next = c->next;
        pc_client_say_goodbye(c, pc_mono_ms() + GOODBYE_MS);
        if (c->dead)
            drop(live, c);
    }
}

void pc_live_drop_all(struct pc_live *live)
{
    while (live->clients)
        drop(live, live->clients);
}

/* --- the handshake -----------------------------------------------------------------------------
 */

static void join(struct pc_live *live, struct pc_client *c)
{
    struct pc_frame *hello = hello_frame(live); /* before n counts it */
    c->watch.ready = client_ready;
    c->next = live->clients;
    if (c->next)
        c->next->prev = c;
    live->clients = c;
    live->n++;
    pc_http_watch(live->http, c->fd, EPOLLIN | EPOLLRDHUP, &c->watch);
    if (hello)
        pc_client_send(c, hello);
    if (!c->dead && c->early)
        pc_client_serve(c, EPOLLIN);
    if (c->dead)
        drop(live, c);
}

static void on_upgrade(void *cls, struct MHD_Connection *mhd, void *state, const char *early,
                       size_t early_len, MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
    struct pc_http *http = cls;
    struct pc_request *r = state;
    (void)mhd;
    if (r) {
        http->answered[PC_OP_live][1]++;
        pc_conn_set_phase(r->conn, PC_PHASE_PARKED, 0);
        pc_conn_detach_request(r->conn);
    }
    struct pc_client *c = pc_client_create(http, fd, handle, early, early_len);
    if (c)
        join(http->live, c);
    else
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

static enum pc_code end(struct pc_request *r)
{
    char accept[PC_WS_ACCEPT];
    struct pc_ws_asked asked = {
        .upgrade = pc_request_header(r, "Upgrade"),
        .connection = pc_request_header(r, "Connection"),
        .version = pc_request_header(r, "Sec-WebSocket-Version"),
        .key = pc_request_header(r, "Sec-WebSocket-Key"),
    };
    if (!pc_ws_accept(&asked, accept))
        return pc_fail(&r->err, PC_E_UPGRADE_REQUIRED, NULL);
    if (r->http->stopping)
        return pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgrade, r->http);
    if (!response)
        return pc_fail_detail(&r->err, PC_E_INTERNAL, "response not made");
    pc_response_header(response, "Upgrade", "websocket");
    pc_response_header(response, "Sec-WebSocket-Accept", accept);
    return pc_answer(r, 101, response);
}

const struct pc_handler pc_handle_live = {.end = end};
