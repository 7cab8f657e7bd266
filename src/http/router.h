/* Which route a request means. The table is generated from api/openapi.yaml (pc_routes.inc).
 *
 * Every route is served under / and under /api. {key} stands for the whole rest of the path, any
 * other parameter for one part of it. Pure. Threads: safe.
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
    const char
        *param; /* borrows the path; not terminated at its end; NULL when the route has none */
    size_t param_len;
    unsigned allow; /* methods that the path takes, for 405 and OPTIONS */
    bool api;       /* the path began with /api/ */
};

enum pc_router_result { PC_ROUTE_FOUND, PC_ROUTE_NO_PATH, PC_ROUTE_NO_METHOD };

enum pc_http_method pc_http_method_by_name(const char *name);
/* "GET, HEAD, POST, OPTIONS"; out holds 64 bytes. Returns out. */
char *pc_http_method_list(unsigned set, char out[64]);
/* path is already percent-decoded. */
enum pc_router_result pc_router_find(enum pc_http_method method, const char *path,
                                     struct pc_router_match *out);
/* "/images/{id}", or "page" for PC_OP_COUNT: a label for figures. */
const char *pc_router_path(enum pc_router_operation op);
const char *pc_router_method(enum pc_router_operation op);

#endif
