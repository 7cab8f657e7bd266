#include "http/live/ws_hub.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/handler.h"
#include "http/lifecycle.h"
#include "http/list.h"
#include "http/live/websocket.h"
#include "http/live/ws_client.h"
#include "http/response.h"

enum {
    PING_MS = 30 * 1000,
    SILENT_MS = 75 * 1000, /* no answer to two pings */
    GOODBYE_MS = 1000,
};

struct pc_ws_hub {
    struct pc_subscriber subscriber; /* first */
    struct pc_loop *loop;
    struct pc_change_feed *feed;
    struct pc_ws_client *clients;
    int n;
    struct pc_ws_frame *ping;  /* shared by all */
    struct pc_ws_frame *hello; /* valid until something changes; NULL: wait for the next position */
};

/* --- clients --- */

static void drop_hello(struct pc_ws_hub *hub)
{
    pc_ws_frame_unref(hub->hello);
    hub->hello = NULL;
}

static void remove_client(struct pc_ws_hub *hub, struct pc_ws_client *c)
{
    PC_LIST_REMOVE(hub->clients, c);
    if (--hub->n == 0)
        drop_hello(hub); /* nobody watches for changes from now on */
    pc_loop_remove(hub->loop, c->fd, &c->watch);
    pc_ws_client_destroy(c);
}

static void on_client_ready(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_ws_client *c = (struct pc_ws_client *)watch;
    pc_ws_client_handle_io(c, events);
    if (c->dead)
        remove_client(c->hub, c);
}

/* --- changes from the feed --- */

/* Takes message. NULL when memory is short. */
static struct pc_ws_frame *frame_of(json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(15));
    struct pc_ws_frame *frame =
        text ? pc_ws_frame_create(PC_WEBSOCKET_TEXT, text, strlen(text)) : NULL;
    free(text);
    json_decref(message);
    return frame;
}

static int count_clients(const struct pc_subscriber *s)
{
    return ((const struct pc_ws_hub *)s)->n;
}

/* To clients that were greeted already. */
static void on_publish(struct pc_subscriber *s, const struct pc_change *change)
{
    static const struct {
        const char *type, *member;
    } kinds[] = {
        [PC_CHANGE_IMAGES] = {"changed", "images"},
        [PC_CHANGE_REMOVED] = {"removed", "ids"},
        [PC_CHANGE_COUNTS] = {"counts", "counts"},
    };
    struct pc_ws_hub *hub = (struct pc_ws_hub *)s;
    if (!hub->n)
        return;
    struct pc_ws_frame *frame =
        frame_of(json_pack("{s:s, s:I, s:O}", "type", kinds[change->kind].type, "seq",
                           (json_int_t)change->seq, kinds[change->kind].member, change->value));
    for (struct pc_ws_client *c = hub->clients, *next; c && frame; c = next) {
        next = c->next;
        if (c->greeted)
            pc_ws_client_send(c, frame);
        if (c->dead)
            remove_client(hub, c);
    }
    pc_ws_frame_unref(frame);
}

static void on_position(struct pc_subscriber *s, int64_t seq, json_t *counts, bool reset)
{
    struct pc_ws_hub *hub = (struct pc_ws_hub *)s;
    if (reset)
        drop_hello(hub);
    if (hub->hello || !hub->n)
        return;
    struct pc_ws_frame *hello = frame_of(
        json_pack("{s:s, s:I, s:O}", "type", "hello", "seq", (json_int_t)seq, "counts", counts));
    if (!hello)
        return;
    hub->hello = hello;
    hello->refs++; /* the last client may leave meanwhile */
    for (struct pc_ws_client *c = hub->clients, *next; c; c = next) {
        next = c->next;
        if (!c->greeted || reset)
            pc_ws_client_send(c, hello);
        c->greeted = true;
        if (c->dead)
            remove_client(hub, c);
    }
    pc_ws_frame_unref(hello);
}

static void on_position_outdated(struct pc_subscriber *s)
{
    drop_hello((struct pc_ws_hub *)s);
}

/* --- life --- */

struct pc_ws_hub *pc_ws_hub_create(struct pc_loop *loop, struct pc_change_feed *feed)
{
    struct pc_ws_hub *hub = pc_xzalloc(sizeof *hub);
    hub->subscriber = (struct pc_subscriber){.count = count_clients,
                                             .publish = on_publish,
                                             .position = on_position,
                                             .position_outdated = on_position_outdated};
    hub->loop = loop;
    hub->feed = feed;
    hub->ping = pc_ws_frame_create(PC_WEBSOCKET_PING, NULL, 0);
    pc_change_feed_subscribe(feed, &hub->subscriber);
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

/* --- the handshake --- */

static void on_upgrade(void *cls, struct MHD_Connection *mhd, void *state, const char *early,
                       size_t early_len, MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
    struct pc_ws_hub *hub = cls;
    struct pc_request *r = state;
    (void)mhd;
    if (r) {
        r->http->counters->responses[PC_OP_live][1]++;
        pc_connection_set_phase(r->connection, PC_PHASE_SUSPENDED, 0);
        pc_lifecycle_detach_request(r->connection);
    }
    struct pc_ws_client *c = pc_ws_client_create(hub->loop, fd, handle, early, early_len);
    if (!c) {
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
        return;
    }
    c->hub = hub;
    c->watch.ready = on_client_ready;
    PC_LIST_ADD(hub->clients, c);
    hub->n++;
    pc_loop_add(hub->loop, c->fd, EPOLLIN | EPOLLRDHUP, &c->watch);
    c->greeted = hub->hello != NULL;
    if (c->greeted)
        pc_ws_client_send(c, hub->hello);
    else
        pc_change_feed_request(hub->feed, true);
    if (!c->dead && c->early)
        pc_ws_client_handle_io(c, EPOLLIN);
    if (c->dead)
        remove_client(hub, c);
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
    struct MHD_Response *response = MHD_create_response_for_upgrade(on_upgrade, r->http->ws_hub);
    pc_response_set_header(response, "Upgrade", "websocket");
    pc_response_set_header(response, "Sec-WebSocket-Accept", accept);
    return pc_response_send(r, 101, response);
}

const struct pc_handler pc_handler_live = {.end = end};
