#include "http/live/ws_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
    MAX_QUEUED = 256 * 1024,
    MAX_MESSAGE = 4096, /* clients send nothing that matters; more closes with 1009 */
    READ_BUDGET = 64 * 1024,
};

struct pc_ws_queued_frame {
    struct pc_ws_queued_frame *next;
    struct pc_ws_frame *frame;
};

struct pc_ws_frame *pc_ws_frame_create(enum pc_websocket_opcode opcode, const void *payload,
                                       size_t len)
{
    unsigned char head[PC_WEBSOCKET_HEADER_MAX];
    size_t head_len = pc_websocket_frame_header(opcode, len, head);
    struct pc_ws_frame *frame = pc_xzalloc(sizeof *frame + head_len + len);
    frame->refs = 1;
    frame->len = head_len + len;
    memcpy(frame->bytes, head, head_len);
    if (len)
        memcpy(frame->bytes + head_len, payload, len);
    return frame;
}

void pc_ws_frame_unref(struct pc_ws_frame *frame)
{
    if (frame && --frame->refs == 0)
        free(frame);
}

/* --- out --- */

static void pop_frame(struct pc_ws_client *c)
{
    struct pc_ws_queued_frame *p = c->first;
    c->queued -= p->frame->len;
    c->sent = 0;
    c->first = p->next;
    if (!c->first)
        c->last = NULL;
    pc_ws_frame_unref(p->frame);
    free(p);
}

static void flush(struct pc_ws_client *c)
{
    while (c->first && !c->dead) {
        const struct pc_ws_frame *frame = c->first->frame;
        ssize_t n =
            send(c->fd, frame->bytes + c->sent, frame->len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            c->dead = errno != EAGAIN && errno != EWOULDBLOCK;
            break;
        }
        c->sent += (size_t)n;
        if (c->sent == frame->len)
            pop_frame(c);
    }
    bool wants_write = c->first != NULL;
    if (c->dead || c->wants_write == wants_write)
        return;
    c->wants_write = wants_write;
    pc_loop_modify(c->loop, c->fd, EPOLLIN | EPOLLRDHUP | (wants_write ? EPOLLOUT : 0u), &c->watch);
}

static void queue_frame(struct pc_ws_client *c, struct pc_ws_frame *frame)
{
    struct pc_ws_queued_frame *p = pc_xzalloc(sizeof *p);
    frame->refs++;
    p->frame = frame;
    if (c->last)
        c->last->next = p;
    else
        c->first = p;
    c->last = p;
    c->queued += frame->len;
}

void pc_ws_client_send(struct pc_ws_client *c, struct pc_ws_frame *frame)
{
    if (c->dead || c->close_by_ms)
        return;
    if (c->queued > MAX_QUEUED) {
        c->dead = true;
        return;
    }
    queue_frame(c, frame);
    flush(c);
}

/* Frames of wslay's own (pong, close): copied, and sent after those that are queued. */
static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags,
                       void *user)
{
    struct pc_ws_client *c = user;
    (void)ctx;
    (void)flags;
    struct pc_ws_frame *frame = pc_xzalloc(sizeof *frame + len);
    frame->refs = 1;
    frame->len = len;
    memcpy(frame->bytes, data, len);
    queue_frame(c, frame);
    pc_ws_frame_unref(frame);
    return (ssize_t)len;
}

/* --- in --- */

static ssize_t on_receive(wslay_event_context_ptr ctx, uint8_t *out, size_t len, int flags,
                          void *user)
{
    struct pc_ws_client *c = user;
    (void)flags;
    if (c->early) {
        size_t left = c->early_len - c->early_at, early = left < len ? left : len;
        memcpy(out, c->early + c->early_at, early);
        c->early_at += early;
        if (c->early_at == c->early_len) {
            free(c->early);
            c->early = NULL;
            c->early_at = c->early_len = 0;
        }
        return (ssize_t)early;
    }
    ssize_t n = c->read_budget > 0 ? recv(c->fd, out, len, MSG_DONTWAIT) : -1;
    if (n > 0) {
        c->read_budget -= (int)n;
        return n;
    }
    bool later =
        n < 0 && (c->read_budget <= 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    wslay_event_set_error(ctx, later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

void pc_ws_client_handle_io(struct pc_ws_client *c, uint32_t events)
{
    c->read_budget = READ_BUDGET;
    if (events & EPOLLERR)
        c->dead = true;
    if (!c->dead && (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))) {
        c->received_ms = pc_clock_mono_ms();
        c->dead = wslay_event_recv(c->protocol) != 0;
    }
    if (!c->dead && wslay_event_want_write(c->protocol))
        c->dead = wslay_event_send(c->protocol) != 0;
    if (!c->dead)
        flush(c);
    if (!c->first && !wslay_event_want_read(c->protocol) && !wslay_event_want_write(c->protocol))
        c->dead = true; /* closed by both sides, or for a protocol error */
}

void pc_ws_client_say_goodbye(struct pc_ws_client *c, int64_t close_by_ms)
{
    if (c->dead || c->close_by_ms)
        return;
    c->close_by_ms = close_by_ms;
    if (wslay_event_queue_close(c->protocol, WSLAY_CODE_GOING_AWAY, NULL, 0) ||
        wslay_event_send(c->protocol))
        c->dead = true;
    flush(c);
}

/* --- life --- */

struct pc_ws_client *pc_ws_client_create(struct pc_loop *loop, int fd,
                                         struct MHD_UpgradeResponseHandle *handle,
                                         const void *early, size_t early_len)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_receive,
                                                           .send_callback = on_send};
    struct pc_ws_client *c = pc_xzalloc(sizeof *c);
    if (wslay_event_context_server_init(&c->protocol, &callbacks, c)) {
        free(c);
        return NULL;
    }
    wslay_event_config_set_max_recv_msg_length(c->protocol, MAX_MESSAGE);
    c->loop = loop;
    c->fd = fd;
    c->handle = handle;
    c->received_ms = c->ping_sent_ms = pc_clock_mono_ms();
    if (early_len) {
        c->early = pc_xzalloc(early_len);
        c->early_len = early_len;
        memcpy(c->early, early, early_len);
    }
    return c;
}

void pc_ws_client_destroy(struct pc_ws_client *c)
{
    while (c->first)
        pop_frame(c);
    wslay_event_context_free(c->protocol);
    free(c->early);
    MHD_upgrade_action(c->handle, MHD_UPGRADE_ACTION_CLOSE);
    c->loop->library_due = true;
    free(c);
}
