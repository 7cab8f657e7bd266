/* Which operation of api/openapi.yaml a request means. The table is generated from it
 * (pc_routes.inc).
 *
 * Every route is served below / and below /api. {key} stands for the whole rest of the path, any
 * other parameter for one segment of it. Pure. Threads: safe.
 */
#ifndef PC_HTTP_ROUTER_H
#define PC_HTTP_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

enum pc_http_method { /* bits: a set of methods is their sum */
                      PC_METHOD_OTHER = 0,
                      PC_METHOD_GET = 1, /* HEAD too */
                      PC_METHOD_POST = 2,
                      PC_METHOD_PUT = 4,
                      PC_METHOD_DELETE = 8,
                      PC_METHOD_PATCH = 16,
                      PC_METHOD_OPTIONS = 32,
};

#define PC_ROUTE(method, path, op) PC_OP_##op,
enum pc_router_operation { /* operationId of the API document */
#include "pc_routes.inc"
                           PC_OP_COUNT
};
#undef PC_ROUTE

struct pc_router_match {
    enum pc_router_operation op;
    const char *param; /* into the path, not terminated at its end; NULL: the route has none */
    size_t param_len;
    unsigned allow; /* methods that the path allows, for 405 and OPTIONS */
    bool api;       /* the path began with /api/ */
};

enum pc_router_result { PC_ROUTE_FOUND, PC_ROUTE_NO_PATH, PC_ROUTE_NO_METHOD };

enum pc_http_method pc_http_method_by_name(const char *name);
/* Writes "GET, HEAD, POST, OPTIONS" to out, which it returns. */
char *pc_http_method_list(unsigned set, char out[64]);
/* path is percent-decoded already. */
enum pc_router_result pc_router_find(enum pc_http_method method, const char *path,
                                     struct pc_router_match *out);
/* "/images/{id}", and "page" for PC_OP_COUNT; its method: labels of metrics. */
const char *pc_router_path(enum pc_router_operation op);
const char *pc_router_method(enum pc_router_operation op);

#endif
