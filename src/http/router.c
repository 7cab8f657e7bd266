#include "http/router.h"

#include <string.h>

#include "base/str.h"

static const struct {
    enum pc_http_method method;
    const char *method_name, *path;
} routes[PC_OP_COUNT] = {
#define PC_ROUTE(m, p, op) [PC_OP_##op] = {PC_METHOD_##m, #m, p},
#include "pc_routes.inc"
#undef PC_ROUTE
};

static const struct {
    const char *name;
    enum pc_http_method method;
} methods[] = {
    {"GET", PC_METHOD_GET},         {"HEAD", PC_METHOD_GET},    {"POST", PC_METHOD_POST},
    {"PUT", PC_METHOD_PUT},         {"PATCH", PC_METHOD_PATCH}, {"DELETE", PC_METHOD_DELETE},
    {"OPTIONS", PC_METHOD_OPTIONS},
};
enum { METHODS = sizeof methods / sizeof *methods };

enum pc_http_method pc_http_method_by_name(const char *name)
{
    for (int i = 0; i < METHODS; i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return PC_METHOD_OTHER;
}

char *pc_http_method_list(unsigned set, char out[64])
{
    size_t at = 0;
    out[0] = 0;
    for (int i = 0; i < METHODS; i++) {
        if (!(set & methods[i].method))
            continue;
        if (at)
            out[at++] = ',', out[at++] = ' ';
        size_t n = strlen(methods[i].name);
        memcpy(out + at, methods[i].name, n + 1);
        at += n;
    }
    return out;
}

static bool fits(const char *route, const char *path, struct pc_router_match *m)
{
    m->param = NULL;
    m->param_len = 0;
    while (*route) {
        if (*route != '{') {
            if (*route++ != *path++)
                return false;
            continue;
        }
        bool rest = pc_str_starts(route, "{key}");
        m->param = path;
        m->param_len = rest ? strlen(path) : strcspn(path, "/");
        if (m->param_len == 0)
            return false;
        path += m->param_len;
        route = strchr(route, '}') + 1;
    }
    return *path == 0;
}

enum pc_router_result pc_router_find(enum pc_http_method method, const char *path,
                                     struct pc_router_match *out)
{
    struct pc_router_match found = {.op = PC_OP_COUNT, .api = pc_str_starts(path, "/api/")};
    unsigned allow = 0;
    bool hit = false;
    for (int i = 0; i < PC_OP_COUNT; i++) {
        struct pc_router_match m;
        if (!fits(routes[i].path, found.api ? path + 4 : path, &m))
            continue;
        allow |= routes[i].method;
        if (hit || routes[i].method != method)
            continue;
        hit = true;
        found.op = (enum pc_router_operation)i;
        found.param = m.param;
        found.param_len = m.param_len;
    }
    found.allow = allow ? allow | PC_METHOD_OPTIONS : 0;
    *out = found;
    return hit ? PC_ROUTE_FOUND : allow ? PC_ROUTE_NO_METHOD : PC_ROUTE_NO_PATH;
}

const char *pc_router_path(enum pc_router_operation op)
{
    return op < PC_OP_COUNT ? routes[op].path : "page";
}

const char *pc_router_method(enum pc_router_operation op)
{
    return op < PC_OP_COUNT ? routes[op].method_name : "GET";
}
