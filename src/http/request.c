#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { MAX_BUFFERED = 64 * 1024 * 1024 };

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
    const char *given = pc_request_header(r, "Content-Type");
    size_t n = strlen(type);
    if (!given || strncasecmp(given, type, n) != 0)
        return false;
    return type[n - 1] == '/' || strchr("; \t", given[n]) != NULL; /* the NUL counts too */
}

enum pc_code pc_request_buffer_body(struct pc_request *r, struct pc_buf *body, const char *data,
                                    size_t len)
{
    int64_t *buffered = &r->http->counters->buffered_bytes;
    if (*buffered + (int64_t)len > MAX_BUFFERED)
        return pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, "Too many long bodies come at once.");
    *buffered += (int64_t)len;
    pc_buf_append(body, data, len);
    return PC_OK;
}

void pc_request_free_body(struct pc_request *r, struct pc_buf *body)
{
    r->http->counters->buffered_bytes -= (int64_t)body->len;
    pc_buf_finish(body);
}
