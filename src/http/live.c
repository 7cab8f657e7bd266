/* /live: what changed, pushed to every open page.
 *
 * hello (seq, counts) greets a client, and comes again to all when more changed than could be
 * noted: read the list again. Then `changed` brings images, `removed` ids, `counts` the counts:
 * each message is made once for all. seq of these means: all up to here has been told. changes.c
 * finds out what to say; here are the clients.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/list.h"
#include "http/live.h"

enum {
    PING_MS = 30 * 1000,
    SILENT_MS = 75 * 1000, /* no answer to two pings */
    GOODBYE_MS = 1000,
};

struct pc_live {
    struct pc_http *http;
    struct pc_client *clients;
    int n;
    struct pc_frame *ping;  /* shared */
    struct pc_frame *hello; /* as long as nothing changes; NULL: to be made by the next look */
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

static void drop(struct pc_live *live, struct pc_client *c)
{
    PC_LIST_REMOVE(live->clients, c);
    if (--live->n == 0)
        pc_live_stale(live); /* nobody watches for changes from now on */
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

/* To those that were greeted, and to the others where hello is set, which greets them. */
static void send_all(struct pc_live *live, struct pc_frame *frame, bool hello, bool again)
{
    for (struct pc_client *c = live->clients, *next; c; c = next) {
        next = c->next;
        if (hello ? !c->greeted || again : c->greeted)
            pc_client_send(c, frame);
        c->greeted = c->greeted || hello;
        if (c->dead)
            drop(live, c);
    }
}

void pc_live_tell(struct pc_live *live, json_t *message)
{
    struct pc_frame *frame = live->n ? frame_of(message) : NULL;
    if (!live->n)
        json_decref(message);
    if (frame)
        send_all(live, frame, false, false);
    pc_frame_unref(frame);
}

void pc_live_stale(struct pc_live *live)
{
    pc_frame_unref(live->hello);
    live->hello = NULL;
}

void pc_live_hello(struct pc_live *live, int64_t seq, json_t *counts, bool again)
{
    if (again)
        pc_live_stale(live);
    if (live->hello || !live->n)
        return;
    struct pc_frame *hello = frame_of(
        json_pack("{s:s, s:I, s:O}", "type", "hello", "seq", (json_int_t)seq, "counts", counts));
    if (!hello)
        return;
    live->hello = hello;
    hello->refs++; /* all may leave meanwhile */
    send_all(live, hello, true, again);
    pc_frame_unref(hello);
}

/* --- the clock ---------------------------------------------------------------------------------
 */

void pc_live_sweep(struct pc_live *live, int64_t now_ms)
{
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
    c->watch.ready = client_ready;
    PC_LIST_ADD(live->clients, c);
    live->n++;
    pc_http_watch(live->http, c->fd, EPOLLIN | EPOLLRDHUP, &c->watch);
    c->greeted = live->hello != NULL;
    if (c->greeted)
        pc_client_send(c, live->hello);
    else
        pc_changes_wanted(live->http->changes, true);
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
    pc_response_header(response, "Upgrade", "websocket");
    pc_response_header(response, "Sec-WebSocket-Accept", accept);
    return pc_answer(r, 101, response);
}

const struct pc_handler pc_handle_live = {.end = end};
