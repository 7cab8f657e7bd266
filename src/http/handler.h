/* What a route does with a request, and the table of all routes.
 *
 * When the headers have arrived, begin is called; then body with each piece; then end. end sends
 * the response with a pc_response_send_* function, or submits a task that will (executor.h,
 * api/json_endpoint.h), or suspends the request until end is called again (live/long_poll.h), or
 * turns it into a WebSocket client (live/ws_hub.h). Any code but PC_OK from one of them becomes the
 * error response.
 *
 * Threads: the loop's thread, which must never wait.
 */
#ifndef PC_HTTP_HANDLER_H
#define PC_HTTP_HANDLER_H

#include "http/request.h"

struct pc_json_endpoint;

struct pc_handler {
    enum pc_code (*begin)(struct pc_request *r); /* may be NULL; may set r->state, reject early */
    enum pc_code (*body)(struct pc_request *r, const char *data, size_t len); /* NULL: skipped */
    enum pc_code (*end)(struct pc_request *r);
    void (*free_state)(struct pc_request *r);        /* called once if r->state is not NULL */
    int64_t (*max_body)(const struct pc_request *r); /* bytes; NULL: 64 KiB */
    const struct pc_json_endpoint *json;             /* of api/json_endpoint.h; else NULL */
};

/* One for each operation of api/openapi.yaml: a missing one does not link. */
#define PC_ROUTE(method, path, op) extern const struct pc_handler pc_handler_##op;
#include "pc_routes.inc"
#undef PC_ROUTE
extern const struct pc_handler pc_handler_page; /* every path that is no operation */

const struct pc_handler *pc_handler_find(enum pc_router_operation op);

#endif
