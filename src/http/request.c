/* Which handler serves an operation of the API document: a missing one does not link. And what
 * handlers ask of a request. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "http/internal.h"

static const struct pc_handler *const handlers[PC_OP_COUNT] = {
#define PC_ROUTE(method, path, op) [PC_OP_##op] = &pc_handler_##op,
#include "pc_routes.inc"
#undef PC_ROUTE
};

const struct pc_handler *pc_handler_find(enum pc_router_operation op)
{
    return handlers[op];
}

enum pc_code pc_request_id(struct pc_request *r, int64_t *id)
{
    char text[24] = "";
    if (r->match.param_len < sizeof text)
        memcpy(text, r->match.param, r->match.param_len);
    if (pc_str_to_i64(text, 1, INT64_MAX, id))
        return PC_OK;
    return pc_fail(&r->err, PC_E_NOT_FOUND, "There is no image of this id.");
}

const char *pc_request_header(const struct pc_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

const char *pc_request_query(const struct pc_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->mhd, MHD_GET_ARGUMENT_KIND, name);
}

bool pc_request_has_type(const struct pc_request *r, const char *type)
{
    const char *theirs = pc_request_header(r, "Content-Type");
    size_t n = strlen(type);
    if (!theirs || strncasecmp(theirs, type, n) != 0)
        return false;
    return type[n - 1] == '/' || strchr("; \t", theirs[n]) != NULL; /* the NUL counts too */
}
