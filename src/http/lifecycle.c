/* What happens to the rest of a body that is rejected depends on it. With Expect: 100-continue it
 * is never sent. A short rest is read and dropped, and the connection is kept. Otherwise the error
 * is written to the socket at once (the library would send it only after the whole body), and the
 * rest is read and dropped for a moment, so that the response arrives before the connection is
 * reset.
 *
 * Deadlines: the header must be complete within header_ms; after a grace of header_ms a body must
 * come at body_min_rate on average; a response must leave at that rate after a grace of its own
 * (response.c).
 */
#include "http/lifecycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/executor.h"
#include "http/guard.h"
#include "http/handler.h"
#include "http/list.h"
#include "http/response.h"

enum {
    IDLE_MS = 75 * 1000,
    SKIP_BYTES = 64 * 1024, /* a rest that is read and dropped to keep the connection */
    DRAIN_BYTES = 16 * 1024 * 1024,
    DRAIN_MS = 3000,
};

/* --- life --- */

static struct pc_connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void pc_lifecycle_detach_request(struct pc_connection *connection)
{
    struct pc_request *r = connection->request;
    connection->request = NULL;
    if (!r)
        return;
    if (r->task)
        pc_task_drop(r->task);
    if (r->handler && r->handler->free_state && r->state)
        r->handler->free_state(r);
    r->http->counters->active_requests--;
    free(r->url);
    free(r);
}

void pc_lifecycle_on_connection(void *cls, struct MHD_Connection *mhd, void **state,
                                enum MHD_ConnectionNotificationCode what)
{
    struct pc_lifecycle *life = cls;
    struct pc_connection *connection = *state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        connection = *state = pc_xzalloc(sizeof *connection);
        connection->loop = life->http->loop;
        connection->mhd = mhd;
        connection->fd = info ? info->connect_fd : -1;
        connection->phase = PC_PHASE_NEW;
        connection->deadline_ms = pc_clock_mono_ms() + life->http->config->header_ms;
        PC_LIST_ADD(life->connections, connection);
        life->http->counters->open_connections++;
    } else if (connection) {
        pc_lifecycle_detach_request(connection);
        PC_LIST_REMOVE(life->connections, connection);
        life->http->counters->open_connections--;
        free(connection);
    }
}

void *pc_lifecycle_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct pc_lifecycle *life = cls;
    struct pc_connection *connection = connection_of(mhd);
    if (!connection)
        return NULL;
    pc_lifecycle_detach_request(connection);
    struct pc_request *r = pc_xzalloc(sizeof *r);
    r->http = life->http;
    r->connection = connection;
    r->mhd = mhd;
    r->url = pc_xstrdup(uri);
    r->match.op = PC_OP_COUNT;
    r->started_us = pc_clock_mono_us();
    r->started_ms = r->started_us / 1000;
    connection->request = r;
    life->http->counters->active_requests++;
    int64_t deadline_ms = connection->phase == PC_PHASE_NEW
                              ? connection->deadline_ms
                              : r->started_ms + life->http->config->header_ms;
    pc_connection_set_phase(connection, PC_PHASE_HEADER, deadline_ms);
    return r;
}

void pc_lifecycle_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
                               enum MHD_RequestTerminationCode why)
{
    struct pc_connection *connection = connection_of(mhd);
    (void)cls;
    (void)why;
    *state = NULL;
    if (!connection || !connection->request)
        return;
    const struct pc_request *r = connection->request;
    r->http->counters->responses[r->match.op][r->status / 100]++;
    pc_log(r->status >= 500 ? PC_LOG_INFO : PC_LOG_DEBUG, "request", PC_LOG_STR("request", r->id),
           PC_LOG_STR("url", r->url), PC_LOG_I64("status", r->status),
           PC_LOG_I64("received", r->received),
           PC_LOG_I64("us", pc_clock_mono_us() - r->started_us));
    pc_lifecycle_detach_request(connection);
    pc_connection_set_phase(connection, PC_PHASE_IDLE, pc_clock_mono_ms() + IDLE_MS);
}

/* --- slow clients --- */

static void abort_with_error(const struct pc_lifecycle *life, struct pc_connection *connection)
{
    struct pc_request *r = connection->request;
    life->http->counters->aborted_slow++;
    if (r && !r->responded) {
        pc_fail(&r->err, PC_E_REQUEST_TOO_SLOW, NULL);
        pc_response_send_raw(r);
    }
    pc_connection_abort(connection);
}

void pc_lifecycle_sweep(struct pc_lifecycle *life, int64_t now_ms)
{
    const struct pc_config *config = life->http->config;
    for (struct pc_connection *c = life->connections, *next; c; c = next) {
        int64_t spent_ms;
        next = c->next;
        switch (c->phase) {
        case PC_PHASE_HEADER:
            if (now_ms > c->deadline_ms)
                abort_with_error(life, c);
            break;
        case PC_PHASE_BODY:
            spent_ms = now_ms - c->request->started_ms - config->header_ms;
            if (spent_ms > 0 && c->request->received < spent_ms * config->body_min_rate / 1000)
                abort_with_error(life, c);
            break;
        case PC_PHASE_NEW:
        case PC_PHASE_IDLE:
        case PC_PHASE_RESPONSE:
        case PC_PHASE_DRAIN:
            if (now_ms > c->deadline_ms)
                pc_connection_abort(c);
            break;
        case PC_PHASE_HANDLING:
        case PC_PHASE_SUSPENDED:
        case PC_PHASE_ABORTED: break;
        }
    }
}

/* --- requests --- */

static enum pc_code check_caller(struct pc_request *r)
{
    const char *ours = r->http->config->public_url ? r->http->config->public_url : "";
    const char *host = pc_request_header(r, "Host");
    if (r->http->loopback && !pc_guard_host(host, ours))
        return pc_fail(&r->err, PC_E_ORIGIN_REFUSED, "The service does not go by this Host.");
    bool changes = r->method != PC_METHOD_GET && r->method != PC_METHOD_OPTIONS;
    if ((changes || r->match.op == PC_OP_live) &&
        !pc_guard_origin(pc_request_header(r, "Origin"), host, ours))
        return pc_fail(&r->err, PC_E_ORIGIN_REFUSED, NULL);
    return PC_OK;
}

/* Probes are answered even when the server is full. */
static enum pc_code check_load(struct pc_request *r)
{
    struct pc_http_counters *counters = r->http->counters;
    enum pc_router_operation op = r->match.op;
    if (counters->open_connections <= r->http->config->max_connections || op == PC_OP_healthz ||
        op == PC_OP_readyz || op == PC_OP_metrics)
        return PC_OK;
    counters->rejected_full++;
    return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, NULL);
}

static enum pc_code find_handler(struct pc_request *r)
{
    switch (pc_router_find(r->method, r->path, &r->match)) {
    case PC_ROUTE_FOUND: r->handler = pc_handler_find(r->match.op); return PC_OK;
    case PC_ROUTE_NO_METHOD:
        return r->method == PC_METHOD_OPTIONS ? PC_OK
                                              : pc_fail(&r->err, PC_E_METHOD_NOT_ALLOWED, NULL);
    case PC_ROUTE_NO_PATH: break;
    }
    if (r->match.api)
        return pc_fail(&r->err, PC_E_NOT_FOUND, NULL);
    r->match.allow = PC_METHOD_GET | PC_METHOD_OPTIONS;
    if (r->method == PC_METHOD_OPTIONS)
        return PC_OK;
    if (r->method != PC_METHOD_GET)
        return pc_fail(&r->err, PC_E_METHOD_NOT_ALLOWED, NULL);
    r->handler = &pc_handler_page;
    return PC_OK;
}

static enum pc_code body_fits(struct pc_request *r, int64_t bytes)
{
    int64_t limit = r->handler && r->handler->max_body ? r->handler->max_body(r) : SKIP_BYTES;
    if (bytes <= limit)
        return PC_OK;
    return pc_fail(&r->err, PC_E_BODY_TOO_LARGE, "The body is larger than the limit of %lld bytes.",
                   (long long)limit);
}

/* r->err is set; the body, if there is one, is not over. */
static enum MHD_Result reject(struct pc_request *r, bool at_start)
{
    int64_t rest = r->body_length < 0 ? INT64_MAX : r->body_length - r->received;
    if (at_start && r->expects_continue) {
        pc_response_send_error(r, NULL);
        return r->responded ? MHD_YES : MHD_NO;
    }
    if (rest <= SKIP_BYTES)
        return MHD_YES; /* the error is sent at its end */
    pc_response_send_raw(r);
    r->drain_left = DRAIN_BYTES;
    pc_connection_set_phase(r->connection, PC_PHASE_DRAIN, pc_clock_mono_ms() + DRAIN_MS);
    return MHD_YES;
}

static enum MHD_Result on_headers(struct pc_request *r, const char *path, const char *method)
{
    static const char id_chars[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    r->headers_seen = true;
    r->path = path;
    r->method = pc_http_method_by_name(method);

    const char *id = pc_request_header(r, "X-Request-Id");
    if (!id || !*id || id[strspn(id, id_chars)] || !pc_str_copy(r->id, sizeof r->id, id))
        pc_random_hex(r->id, 16);

    const char *length = pc_request_header(r, "Content-Length");
    if (pc_request_header(r, "Transfer-Encoding") ||
        (length && !pc_str_to_i64(length, 0, INT64_MAX, &r->body_length)))
        r->body_length = -1;
    const char *expect = pc_request_header(r, "Expect");
    r->expects_continue = expect && strcasecmp(expect, "100-continue") == 0;
    pc_connection_set_phase(r->connection, r->body_length ? PC_PHASE_BODY : PC_PHASE_HANDLING, 0);

    /* An error of the caller takes precedence over one of the route. */
    enum pc_code rc = find_handler(r), caller_rc = check_caller(r);
    if (caller_rc)
        rc = caller_rc;
    if (!rc)
        rc = check_load(r);
    if (!rc)
        rc = body_fits(r, r->body_length);
    if (!rc && r->handler && r->handler->begin)
        rc = r->handler->begin(r);
    return rc ? reject(r, true) : MHD_YES;
}

static enum MHD_Result on_body(struct pc_request *r, const char *data, size_t len)
{
    r->received += (int64_t)len;
    if (r->sent_raw) {
        r->drain_left -= (int64_t)len;
        return r->drain_left > 0 ? MHD_YES : MHD_NO;
    }
    if (r->err.code)
        return MHD_YES; /* a short rest is dropped */
    enum pc_code rc = body_fits(r, r->received);
    if (!rc && r->handler && r->handler->body)
        rc = r->handler->body(r, data, len);
    return rc ? reject(r, false) : MHD_YES;
}

static enum pc_code send_options(struct pc_request *r)
{
    char allow[64];
    struct MHD_Response *response = pc_response_create_empty();
    pc_response_set_header(response, "Allow", pc_http_method_list(r->match.allow, allow));
    return pc_response_send(r, 204, response);
}

static enum MHD_Result on_end(struct pc_request *r)
{
    if (r->sent_raw)
        return MHD_NO; /* its response went out long ago: the connection ends */
    pc_connection_set_phase(r->connection, PC_PHASE_HANDLING, 0);
    enum pc_code rc = r->err.code;
    if (!rc && r->task)
        rc = pc_task_respond(r);
    else if (!rc)
        rc = r->handler ? r->handler->end(r) : send_options(r);
    if (rc && !r->responded)
        pc_response_send_error(r, NULL);
    return r->responded || r->connection->phase == PC_PHASE_SUSPENDED ? MHD_YES : MHD_NO;
}

enum MHD_Result pc_lifecycle_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                        const char *method, const char *version, const char *data,
                                        size_t *size, void **state)
{
    struct pc_request *r = *state;
    (void)cls;
    (void)mhd;
    (void)version;
    if (!r)
        return MHD_NO;
    if (!r->headers_seen)
        return on_headers(r, url, method);
    if (*size == 0)
        return on_end(r);
    size_t len = *size;
    *size = 0;
    return on_body(r, data, len);
}
