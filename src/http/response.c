#include "http/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    RETRY_AFTER_S = 5,
    GRACE_MS = 60 * 1000, /* a response may take this, and a second per body_min_rate bytes */
};

static const size_t dump_flags = JSON_COMPACT | JSON_REAL_PRECISION(15);

void pc_response_set_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (response && MHD_add_response_header(response, name, value) != MHD_YES)
        pc_log(PC_LOG_WARN, "a response header could not be set", PC_LOG_STR("header", name));
}

struct MHD_Response *pc_response_create_empty(void)
{
    return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
}

/* The value of Retry-After; NULL for a status that does not mean "try again". */
static const char *retry_after(int status, char text[16])
{
    snprintf(text, 16, "%d", RETRY_AFTER_S);
    return status == 503 || status == 429 ? text : NULL;
}

enum pc_code pc_response_send(struct pc_request *r, int status, struct MHD_Response *response)
{
    char seconds[16];
    if (!response)
        return r->err.code ? r->err.code
                           : pc_fail_detail(&r->err, PC_E_INTERNAL, "response not made");
    pc_response_set_header(response, "X-Request-Id", r->id);
    pc_response_set_header(response, "X-Content-Type-Options", "nosniff");
    if (retry_after(status, seconds))
        pc_response_set_header(response, "Retry-After", seconds);
    if (r->http->stopping)
        pc_response_set_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(r->mhd, (unsigned)status, response);
    MHD_destroy_response(response);
    if (queued != MHD_YES)
        return pc_fail_detail(&r->err, PC_E_INTERNAL, "response not queued");
    r->responded = true;
    r->status = status;
    if (status == 101)
        return PC_OK;
    int64_t rate = r->http->config->body_min_rate;
    int64_t transfer_ms = rate > 0 ? r->response_bytes / rate * 1000 : 0;
    pc_connection_set_phase(r->connection, PC_PHASE_RESPONSE,
                            pc_clock_mono_ms() + GRACE_MS + transfer_ms);
    return PC_OK;
}

struct MHD_Response *pc_response_create_buf(struct pc_request *r, struct pc_buf *bytes)
{
    size_t len;
    char *data = pc_buf_detach(bytes, &len);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, data, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(data);
    r->response_bytes = (int64_t)len;
    return response;
}

/* Of data, which no cache may keep. */
static struct MHD_Response *text_response(struct pc_request *r, const char *type,
                                          struct pc_buf *text)
{
    struct MHD_Response *response = pc_response_create_buf(r, text);
    if (type)
        pc_response_set_header(response, "Content-Type", type);
    pc_response_set_header(response, "Cache-Control", "no-store");
    return response;
}

enum pc_code pc_response_send_buf(struct pc_request *r, int status, const char *type,
                                  struct pc_buf *text)
{
    return pc_response_send(r, status, text_response(r, type, text));
}

enum pc_code pc_response_send_text(struct pc_request *r, int status, const char *type,
                                   const char *text)
{
    struct pc_buf buf = PC_BUF_INIT;
    pc_buf_puts(&buf, text);
    return pc_response_send_buf(r, status, type, &buf);
}

static void dump(json_t *body, struct pc_buf *out)
{
    char *text = json_dumps(body, dump_flags);
    pc_buf_puts(out, text ? text : "{}");
    free(text);
    json_decref(body);
}

enum pc_code pc_response_send_json(struct pc_request *r, int status, json_t *body)
{
    struct pc_buf text = PC_BUF_INIT;
    dump(body, &text);
    return pc_response_send_buf(r, status, "application/json", &text);
}

static json_t *error_json(const struct pc_request *r, json_t *rejected)
{
    const struct pc_code_info *info = pc_code_info(r->err.code);
    json_t *body = json_pack("{s:{s:s, s:s, s:s, s:s}}", "error", "code", info->name, "message",
                             r->err.message, "hint", info->hint, "requestId", r->id);
    if (!body) /* a message that is not UTF-8 */
        body = json_pack("{s:{s:s, s:s, s:s, s:s}}", "error", "code", info->name, "message",
                         info->message, "hint", info->hint, "requestId", r->id);
    if (rejected)
        json_object_set_new(body, "rejected", rejected);
    return body;
}

static void log_failure(const struct pc_request *r)
{
    int status = pc_code_info(r->err.code)->http_status;
    pc_log_err(status >= 500 ? PC_LOG_INFO : PC_LOG_DEBUG, "request failed", &r->err,
               PC_LOG_STR("request", r->id), PC_LOG_STR("path", r->url));
}

enum pc_code pc_response_send_error(struct pc_request *r, json_t *rejected)
{
    char allow[64];
    int status = pc_code_info(r->err.code)->http_status;
    log_failure(r);
    struct pc_buf text = PC_BUF_INIT;
    dump(error_json(r, rejected), &text);
    struct MHD_Response *response = text_response(r, "application/json", &text);
    if (!response)
        return PC_E_INTERNAL;
    if (r->content_range)
        pc_response_set_header(response, "Content-Range", r->content_range);
    if (status == 405)
        pc_response_set_header(response, "Allow", pc_http_method_list(r->match.allow, allow));
    if (status == 426) {
        pc_response_set_header(response, "Upgrade", "websocket");
        pc_response_set_header(response, "Sec-WebSocket-Version", "13");
    }
    return pc_response_send(r, status, response);
}

static const char *reason_of(int status)
{
    switch (status) {
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 503: return "Service Unavailable";
    default: return "Error";
    }
}

void pc_response_send_raw(struct pc_request *r)
{
    struct pc_buf body = PC_BUF_INIT, out = PC_BUF_INIT;
    char allow[64], seconds[16];
    r->status = pc_code_info(r->err.code)->http_status;
    r->responded = r->sent_raw = true;
    log_failure(r);
    dump(error_json(r, NULL), &body);
    pc_buf_printf(&out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n", r->status,
                  reason_of(r->status));
    pc_buf_printf(&out,
                  "Content-Length: %zu\r\nCache-Control: no-store\r\nX-Content-Type-Options: "
                  "nosniff\r\nX-Request-Id: %s\r\n",
                  body.len, r->id);
    if (retry_after(r->status, seconds))
        pc_buf_printf(&out, "Retry-After: %s\r\n", seconds);
    if (r->status == 405)
        pc_buf_printf(&out, "Allow: %s\r\n", pc_http_method_list(r->match.allow, allow));
    pc_buf_puts(&out, "Connection: close\r\n\r\n");
    pc_buf_append(&out, body.data, body.len);
    /* The socket is free: the library sends nothing before a body is over. It fits the buffer of
     * any socket; if it does not, the client reads nothing and gets a reset. */
    ssize_t sent = send(r->connection->fd, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == (ssize_t)out.len)
        shutdown(r->connection->fd, SHUT_WR);
    pc_buf_finish(&body);
    pc_buf_finish(&out);
}
