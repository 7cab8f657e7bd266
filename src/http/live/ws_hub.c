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
#include "http/live/ws_client.h"

enum {
    PING_MS = 30 * 1000,
    SILENT_MS = 75 * 1000, /* no answer to two pings */
    GOODBYE_MS = 1000,
};

struct pc_ws_hub {
    struct pc_http *http;
    struct pc_ws_client *clients;
    int n;
    struct pc_ws_frame *ping;  /* shared */
    struct pc_ws_frame *hello; /* as long as nothing changes; NULL: to be made by the next look */
};

struct pc_ws_hub *pc_ws_hub_create(struct pc_http *http)
{
    struct pc_ws_hub *hub = pc_xzalloc(sizeof *hub);
    hub->http = http;
    hub->ping = pc_ws_frame_create(PC_WEBSOCKET_PING, NULL, 0);
    return hub;
}

void pc_ws_hub_destroy(struct pc_ws_hub *hub)
{
    if (!hub)
        return;
    pc_ws_frame_unref(hub->ping);
    pc_ws_frame_unref(hub->hello);
    free(hub);
}

int pc_ws_hub_count(const struct pc_ws_hub *hub)
{
    return hub->n;
}

/* --- clients -----------------------------------------------------------------------------------
 */

static void remove_client(struct pc_ws_hub *hub, struct pc_ws_client *c)
{
    PC_LIST_REMOVE(hub->clients, c);
    if (--hub->n == 0)
        pc_ws_hub_drop_hello(hub); /* nobody watches for changes from now on */
    pc_loop_remove(hub->http, c->fd);
    pc_ws_client_destroy(c);
}

static void on_client_ready(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_ws_client *c = (struct pc_ws_client *)watch;
    pc_ws_client_handle_io(c, events);
    if (c->dead)
        remove_client(c->http->ws_hub, c);
}

/* --- messages ----------------------------------------------------------------------------------
 */

/* Takes message. */
static struct pc_ws_frame *frame_of(json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct pc_ws_frame *frame =
        text ? pc_ws_frame_create(PC_WEBSOCKET_TEXT, text, strlen(text)) : NULL;
    free(text);
    json_decref(message);
    return frame;
}

/* To those that were greeted, and to the others where hello is set, which greets them. */
static void send_to_all(struct pc_ws_hub *hub, struct pc_ws_frame *frame, bool hello, bool again)
{
    for (struct pc_ws_client *c = hub->clients, *next; c; c = next) {
        next = c->next;
        if (hello ? !c->greeted || again : c->greeted)
            pc_ws_client_send(c, frame);
        c->greeted = c->greeted || hello;
        if (c->dead)
            remove_client(hub, c);
    }
}

void pc_ws_hub_broadcast(struct pc_ws_hub *hub, json_t *message)
{
    struct pc_ws_frame *frame = hub->n ? frame_of(message) : NULL;
    if (!hub->n)
        json_decref(message);
    if (frame)
        send_to_all(hub, frame, false, false);
    pc_ws_frame_unref(frame);
}

void pc_ws_hub_drop_hello(struct pc_ws_hub *hub)
{
    pc_ws_frame_unref(hub->hello);
    hub->hello = NULL;
}

void pc_ws_hub_greet(struct pc_ws_hub *hub, int64_t seq, json_t *counts, bool again)
{
    if (again)
        pc_ws_hub_drop_hello(hub);
    if (hub->hello || !hub->n)
        return;
    struct pc_ws_frame *hello = frame_of(
        json_pack("{s:s, s:I, s:O}", "type", "hello", "seq", (json_int_t)seq, "counts", counts));
    if (!hello)
        return;
    hub->hello = hello;
    hello->refs++; /* all may leave meanwhile */
    send_to_all(hub, hello, true, again);
    pc_ws_frame_unref(hello);
}

/* --- the clock ---------------------------------------------------------------------------------
 */

void pc_ws_hub_sweep(struct pc_ws_hub *hub, int64_t now_ms)
{
    for (struct pc_ws_client *c = hub->clients, *next; c; c = next) {
        next = c->next;
        if (now_ms - c->ping_sent_ms >= PING_MS) {
            c->ping_sent_ms = now_ms;
            pc_ws_client_send(c, hub->ping);
        }
        if (c->dead || now_ms - c->received_ms > SILENT_MS ||
            (c->close_by_ms && now_ms > c->close_by_ms))
            remove_client(hub, c);
    }
}

void pc_ws_hub_say_goodbye(struct pc_ws_hub *hub)
{
    for (struct pc_ws_client *c = hub->clients, *next; c; c = next) {
        next = c->next;
        pc_ws_client_say_goodbye(c, pc_clock_mono_ms() + GOODBYE_MS);
        if (c->dead)
            remove_client(hub, c);
    }
}

void pc_ws_hub_close_all(struct pc_ws_hub *hub)
{
    while (hub->clients)
        remove_client(hub, hub->clients);
}

/* --- the handshake -----------------------------------------------------------------------------
 */

static void add_client(struct pc_ws_hub *hub, struct pc_ws_client *c)
{
    c->watch.ready = on_client_ready;
    PC_LIST_ADD(hub->clients, c);
    hub->n++;
    pc_loop_add(hub->http, c->fd, EPOLLIN | EPOLLRDHUP, &c->watch);
    c->greeted = hub->hello != NULL;
    if (c->greeted)
        pc_ws_client_send(c, hub->hello);
    else
        pc_change_feed_request(hub->http->change_feed, true);
    if (!c->dead && c->early)
        pc_ws_client_handle_io(c, EPOLLIN);
    if (c->dead)
        remove_client(hub, c);
}

static void on_upgrade(void *cls, struct MHD_Connection *mhd, void *state, const char *early,
                       size_t early_len, MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
    struct pc_http *http = cls;
    struct pc_request *r = state;
    (void)mhd;
    if (r) {
        http->responses[PC_OP_live][1]++;
        pc_connection_set_phase(r->connection, PC_PHASE_SUSPENDED, 0);
        pc_connection_detach_request(r->connection);
    }
    struct pc_ws_client *c = pc_ws_client_create(http, fd, handle, early, early_len);
    if (c)
        add_client(http->ws_hub, c);
    else
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

static enum pc_code end(struct pc_request *r)
{
    char accept[PC_WEBSOCKET_ACCEPT_BYTES];
    struct pc_websocket_handshake handshake = {
        .upgrade = pc_request_header(r, "Upgrade"),
        .connection = pc_request_header(r, "Connection"),
        .version = pc_request_header(r, "Sec-WebSocket-Version"),
        .key = pc_request_header(r, "Sec-WebSocket-Key"),
    };
    if (!pc_websocket_accept(&handshake, accept))
        return pc_fail(&r->err, PC_E_UPGRADE_REQUIRED, NULL);
    if (r->http->stopping)
        return pc_fail(&r->err, PC_E_SHUTTING_DOWN, NULL);
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgrade, r->http);
    pc_response_set_header(response, "Upgrade", "websocket");
    pc_response_set_header(response, "Sec-WebSocket-Accept", accept);
    return pc_response_send(r, 101, response);
}

const struct pc_handler pc_handler_live = {.end = end};
