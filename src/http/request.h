/* One request, from its request line to the end of its response, and what handlers can ask about
 * it.
 *
 * lifecycle.c makes and frees it; response.h answers it; executor.h suspends it while a task works
 * for it.
 * Threads: the loop's thread. A task that runs elsewhere never touches its request.
 */
#ifndef PC_HTTP_REQUEST_H
#define PC_HTTP_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/connection.h"
#include "http/context.h"
#include "http/router.h"

struct pc_handler;
struct pc_task;

struct pc_request {
    const struct pc_http_context *http;
    struct pc_connection *connection;
    struct MHD_Connection *mhd;
    const struct pc_handler *handler; /* NULL: rejected, or OPTIONS */
    struct pc_router_match match;
    enum pc_http_method method;
    const char *path; /* decoded; borrowed from the library */
    char *url;        /* as sent, for the log: owned */
    bool headers_seen, expects_continue;
    bool responded;         /* a response is queued, or was sent raw */
    bool sent_raw;          /* it was sent raw: the connection ends after the drain */
    int64_t body_length;    /* -1: unknown until its end */
    int64_t received;       /* bytes of the body so far */
    int64_t drain_left;     /* bytes that are still read and dropped */
    int64_t response_bytes; /* of the response's body: how long it may take depends on it */
    int64_t started_ms, started_us;
    int status;
    char id[65]; /* X-Request-Id */
    struct pc_err err;
    const char *content_range; /* of an error response 416; borrowed */
    void *state;               /* the handler's */
    struct pc_task *task;      /* submitted, not answered yet; owned */
};

/* The {id} of the path. not_found when it is no id. */
PC_NODISCARD enum pc_code pc_request_id(struct pc_request *r, int64_t *id);
/* Borrow from the request; NULL when absent. */
const char *pc_request_header(const struct pc_request *r, const char *name);
const char *pc_request_query(const struct pc_request *r, const char *name);
/* Does the Content-Type name this type, without its parameters? "image/" matches all images. */
bool pc_request_has_type(const struct pc_request *r, const char *type);

/* Appends the next piece of a body that is kept whole until its end. All such bodies of the server
 * together are bounded: too_many_connections. */
PC_NODISCARD enum pc_code pc_request_buffer_body(struct pc_request *r, struct pc_buf *body,
                                                 const char *data, size_t len);
void pc_request_free_body(struct pc_request *r, struct pc_buf *body);

#endif
