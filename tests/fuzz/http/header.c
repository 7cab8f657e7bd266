/* Header values and paths: one text is given to every reader of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/body/disposition.h"
#include "http/guard.h"
#include "http/headers.h"
#include "http/live/websocket.h"
#include "http/router.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ranges(const char *text)
{
    int64_t from = 0, len = 0;
    for (int64_t size = 0; size < 1000; size = size * 9 + 1)
        if (pc_header_parse_range(text, size, &from, &len) == PC_RANGE_PART &&
            (from < 0 || len < 1 || from > size - len))
            abort();
}

static void names(const char *text)
{
    char *value = pc_header_disposition(text);
    for (const char *s = value; *s; s++)
        if ((unsigned char)*s < ' ' || (unsigned char)*s > 126)
            abort();
    free(value);
}

static void hosts(const char *text)
{
    (void)pc_guard_host(text, text);
    (void)pc_guard_origin(text, "localhost:1", "");
    (void)pc_guard_is_loopback(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char accept[PC_WEBSOCKET_ACCEPT_BYTES];
    struct pc_router_match match;
    char *text = pc_xstrndup((const char *)data, strnlen((const char *)data, size));
    struct pc_websocket_handshake asked = {text, text, "13", text};
    ranges(text);
    names(text);
    hosts(text);
    char *param = pc_header_param(text, "name"), *file = pc_disposition_file_name(text);
    if (file && !pc_str_is_utf8(file, strlen(file)))
        abort();
    free(param);
    free(file);
    (void)pc_header_etag_matches(text, "\"a\"");
    (void)pc_header_accepts_coding(text, "br");
    (void)pc_websocket_accept(&asked, accept);
    if (pc_router_find(PC_METHOD_GET, text, &match) == PC_ROUTE_FOUND && match.param &&
        match.param + match.param_len > text + strlen(text))
        abort();
    free(text);
    return 0;
}
