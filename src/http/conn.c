/* Connections and requests: what the library calls, and the sweep of the slow.
 *
 * A body that is refused is not read on: with Expect: 100-continue it is never sent; a short rest
 * is swallowed and the connection lives on; otherwise the answer is written to the socket at once
 * (the library would answer only after the whole body) and the rest is thrown away for a moment, so
 * that the answer arrives before the connection is reset.
 *
 * The library's own timeout counts idleness only, so deadlines are ours: a whole header within
 * header_ms, a body at body_min_rate on average after a grace of header_ms, an answer likewise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/aside.h"
#include "http/guard.h"
#include "http/internal.h"
#include "http/list.h"

enum {
    IDLE_MS = 75 * 1000,
    SWALLOW_BYTES = 64 * 1024,
    DRAIN_BYTES = 16 * 1024 * 1024,
    DRAIN_MS = 3000,
};

/* --- life --------------------------------------------------------------------------------------
 */

static struct pc_conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void pc_conn_set_phase(struct pc_conn *conn, enum pc_phase phase, int64_t deadline_ms)
{
    if (conn->phase == PC_PHASE_CUT)
        return;
    conn->phase = phase;
    conn->deadline_ms = deadline_ms;
}

static void free_request(struct pc_request *r)
{
    if (!r)
        return;
    if (r->task)
        pc_task_drop(r->task);
    if (r->handler && r->handler->drop && r->state)
        r->handler->drop(r);
    r->http->active--;
    free(r->url);
    free(r);
}

void pc_conn_detach_request(struct pc_conn *conn)
{
    free_request(conn->request);
    conn->request = NULL;
}

static void conn_opened(struct pc_http *http, struct MHD_Connection *mhd, void **state)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pc_conn *conn = pc_xmalloc(sizeof *conn);
    conn->http = http;
    conn->fd = info ? info->connect_fd : -1;
    conn->phase = PC_PHASE_FRESH;
    conn->deadline_ms = pc_mono_ms() + http->config->header_ms;
    PC_LIST_ADD(http->conns, conn);
    http->open++;
    *state = conn;
}

static void conn_closed(struct pc_http *http, struct pc_conn *conn)
{
    free_request(conn->request);
    PC_LIST_REMOVE(http->conns, conn);
    http->open--;
    free(conn);
}

void pc_conn_on_connection(void *cls, struct MHD_Connection *mhd, void **state,
                           enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        conn_opened(cls, mhd, state);
    else if (*state)
        conn_closed(cls, *state);
}

void *pc_conn_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct pc_http *http = cls;
    struct pc_conn *conn = conn_of(mhd);
    if (!conn)
        return NULL;
    pc_conn_detach_request(conn);
    struct pc_request *r = pc_xmalloc(sizeof *r);
    r->http = http;
    r->conn = conn;
    r->url = pc_xstrdup(uri);
    r->match.op = PC_OP_COUNT;
    r->started_us = pc_mono_us();
    r->started_ms = r->started_us / 1000;
    conn->request = r;
    http->active++;
    int64_t deadline =
        conn->phase == PC_PHASE_FRESH ? conn->deadline_ms : r->started_ms + http->config->header_ms;
    pc_conn_set_phase(conn, PC_PHASE_HEADER, deadline);
    return r;
}

static void log_request(const struct pc_request *r)
{
    enum pc_log_level level = r->status >= 500 ? PC_LOG_INFO : PC_LOG_DEBUG;
    pc_log(level, "request", PC_LOG_STR("request", r->id), PC_LOG_STR("url", r->url),
           PC_LOG_I64("status", r->status), PC_LOG_I64("received", r->received),
           PC_LOG_I64("us", pc_mono_us() - r->started_us));
}

void pc_conn_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
                          enum MHD_RequestTerminationCode why)
{
    struct pc_http *http = cls;
    struct pc_conn *conn = conn_of(mhd);
    (void)why;
    *state = NULL;
    if (!conn || !conn->request)
        return;
    struct pc_request *r = conn->request;
    http->answered[r->match.op][r->status / 100]++;
    log_request(r);
    pc_conn_detach_request(conn);
    pc_conn_set_phase(conn, PC_PHASE_IDLE, pc_mono_ms() + IDLE_MS);
}

/* --- slow clients ------------------------------------------------------------------------------
 */

static void cut(struct pc_conn *conn)
{
    shutdown(conn->fd, SHUT_RDWR);
    conn->phase = PC_PHASE_CUT;
}

static void cut_with_answer(struct pc_conn *conn)
{
    struct pc_request *r = conn->request;
    conn->http->cut_slow++;
    if (r && !r->answered) {
        pc_fail(&r->err, PC_E_REQUEST_TOO_SLOW, NULL);
        pc_answer_raw(r);
    }
    cut(conn);
}

static bool body_too_slow(const struct pc_conn *conn, int64_t now_ms)
{
    const struct pc_request *r = conn->request;
    int64_t spent = now_ms - r->started_ms - conn->http->config->header_ms;
    return spent > 0 && r->received < spent * conn->http->config->body_min_rate / 1000;
}

static void sweep_one(struct pc_conn *conn, int64_t now_ms)
{
    switch (conn->phase) {
    case PC_PHASE_HEADER:
        if (now_ms > conn->deadline_ms)
            cut_with_answer(conn);
        return;
    case PC_PHASE_BODY:
        if (body_too_slow(conn, now_ms))
            cut_with_answer(conn);
        return;
    case PC_PHASE_FRESH:
    case PC_PHASE_IDLE:
    case PC_PHASE_ANSWER:
    case PC_PHASE_DRAIN:
        if (now_ms > conn->deadline_ms)
            cut(conn);
        return;
    case PC_PHASE_WORK:
    case PC_PHASE_PARKED:
    case PC_PHASE_CUT: return;
    }
}

void pc_conn_sweep(struct pc_http *http, int64_t now_ms)
{
    for (struct pc_conn *conn = http->conns, *next; conn; conn = next) {
        next = conn->next;
        sweep_one(conn, now_ms);
    }
}

/* --- requests ----------------------------------------------------------------------------------
 */

static void take_id(struct pc_request *r)
{
    static const char taken[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *theirs = pc_request_header(r, "X-Request-Id");
    if (theirs && *theirs && strspn(theirs, taken) == strlen(theirs) &&
        pc_str_copy(r->id, sizeof r->id, theirs))
        return;
    pc_random_hex(r->id, 16);
}

static void read_lengths(struct pc_request *r)
{
    const char *length = pc_request_header(r, "Content-Length");
    const char *coding = pc_request_header(r, "Transfer-Encoding");
    const char *expect = pc_request_header(r, "Expect");
    r->body_length = 0;
    if (coding || (length && !pc_str_to_i64(length, 0, INT64_MAX, &r->body_length)))
        r->body_length = -1;
    r->expects_continue = expect && strcasecmp(expect, "100-continue") == 0;
}

static enum pc_code judge_caller(struct pc_request *r)
{
    const char *ours = r->http->config->public_url ? r->http->config->public_url : "";
    const char *host = pc_request_header(r, "Host");
    if (r->http->loopback && !pc_guard_host(host, ours))
        return pc_fail(&r->err, PC_E_ORIGIN_REFUSED, "This is not an address of the service.");
    bool changes = r->method != PC_METHOD_GET && r->method != PC_METHOD_OPTIONS;
    if ((changes || r->match.op == PC_OP_live) &&
        !pc_guard_origin(pc_request_header(r, "Origin"), host, ours))
        return pc_fail(&r->err, PC_E_ORIGIN_REFUSED, NULL);
    return PC_OK;
}

static bool is_vital(enum pc_operation op)
{
    return op == PC_OP_healthz || op == PC_OP_readyz || op == PC_OP_metrics;
}

static enum pc_code judge_load(struct pc_request *r)
{
    if (r->http->open <= r->http->config->max_connections || is_vital(r->match.op))
        return PC_OK;
    r->http->refused_full++;
    return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, NULL);
}

static enum pc_code find_handler(struct pc_request *r)
{
    switch (pc_route_find(r->method, r->path, &r->match)) {
    case PC_FOUND: r->handler = pc_handler_of(r->match.op); return PC_OK;
    case PC_FOUND_NO_METHOD:
        return r->method == PC_METHOD_OPTIONS ? PC_OK
                                              : pc_fail(&r->err, PC_E_METHOD_NOT_ALLOWED, NULL);
    case PC_FOUND_NO_PATH: break;
    }
    if (r->match.api)
        return pc_fail(&r->err, PC_E_NOT_FOUND, NULL);
    r->match.allow = PC_METHOD_GET | PC_METHOD_OPTIONS;
    if (r->method == PC_METHOD_OPTIONS)
        return PC_OK;
    if (r->method != PC_METHOD_GET)
        return pc_fail(&r->err, PC_E_METHOD_NOT_ALLOWED, NULL);
    r->handler = &pc_handle_page;
    return PC_OK;
}

static int64_t body_limit(const struct pc_request *r)
{
    return r->handler && r->handler->max_body ? r->handler->max_body(r) : SWALLOW_BYTES;
}

static enum pc_code body_fits(struct pc_request *r, int64_t bytes)
{
    int64_t limit = body_limit(r);
    if (bytes <= limit)
        return PC_OK;
    return pc_fail(&r->err, PC_E_BODY_TOO_LARGE, "The body is larger than the limit of %lld bytes.",
                   (long long)limit);
}

static enum pc_code route_and_judge(struct pc_request *r)
{
    enum pc_code rc = find_handler(r), other = judge_caller(r);
    if (!rc || other)
        rc = other;
    if (!rc)
        rc = judge_load(r);
    if (!rc)
        rc = body_fits(r, r->body_length);
    if (!rc && r->handler && r->handler->begin)
        rc = r->handler->begin(r);
    return rc;
}

/* r->err is set; the body, if there is one, is not over. */
static enum MHD_Result refuse(struct pc_request *r, bool at_start)
{
    int64_t rest = r->body_length < 0 ? INT64_MAX : r->body_length - r->received;
    if (at_start && r->expects_continue) {
        pc_answer_error(r, NULL);
        return r->answered ? MHD_YES : MHD_NO;
    }
    if (rest <= SWALLOW_BYTES)
        return MHD_YES; /* answered at its end */
    pc_answer_raw(r);
    r->drain_left = DRAIN_BYTES;
    pc_conn_set_phase(r->conn, PC_PHASE_DRAIN, pc_mono_ms() + DRAIN_MS);
    return MHD_YES;
}

static enum MHD_Result begin(struct pc_request *r, struct MHD_Connection *mhd, const char *path,
                             const char *method)
{
    r->begun = true;
    r->mhd = mhd;
    r->path = path;
    r->method = pc_method_by_name(method);
    take_id(r);
    read_lengths(r);
    pc_conn_set_phase(r->conn, r->body_length ? PC_PHASE_BODY : PC_PHASE_WORK, 0);
    return route_and_judge(r) ? refuse(r, true) : MHD_YES;
}

static enum MHD_Result piece(struct pc_request *r, const char *data, size_t len)
{
    r->received += (int64_t)len;
    if (r->raw) {
        r->drain_left -= (int64_t)len;
        return r->drain_left > 0 ? MHD_YES : MHD_NO;
    }
    if (r->err.code)
        return MHD_YES; /* a short rest is swallowed */
    enum pc_code rc = body_fits(r, r->received);
    if (!rc && r->handler && r->handler->body)
        rc = r->handler->body(r, data, len);
    return rc ? refuse(r, false) : MHD_YES;
}

static enum pc_code answer_options(struct pc_request *r)
{
    char allow[64];
    struct MHD_Response *response = pc_response_empty();
    pc_response_header(response, "Allow", pc_method_list(r->match.allow, allow));
    return pc_answer(r, 204, response);
}

static enum MHD_Result finish(struct pc_request *r)
{
    if (r->raw)
        return MHD_NO; /* its answer went out long ago: the connection ends */
    pc_conn_set_phase(r->conn, PC_PHASE_WORK, 0);
    enum pc_code rc = r->err.code;
    if (!rc && r->task)
        rc = pc_task_reply(r);
    else if (!rc)
        rc = r->handler ? r->handler->end(r) : answer_options(r);
    if (rc && !r->answered)
        pc_answer_error(r, NULL);
    return r->answered || r->conn->phase == PC_PHASE_PARKED ? MHD_YES : MHD_NO;
}

enum MHD_Result pc_conn_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                   const char *method, const char *version, const char *data,
                                   size_t *size, void **state)
{
    struct pc_request *r = *state;
    (void)cls;
    (void)version;
    if (!r)
        return MHD_NO;
    if (!r->begun)
        return begin(r, mhd, url, method);
    if (*size == 0)
        return finish(r);
    size_t len = *size;
    *size = 0;
    return piece(r, data, len);
}
