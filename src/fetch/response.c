#include "fetch/response.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetch/document.h"

enum { MAX_DISCARDED_BYTES = 256 << 10 }; /* of headers and error pages */

void pc_fetch_response_begin(struct pc_fetch_response *r, bool as_sent)
{
    r->rc = PC_OK;
    r->as_sent = as_sent;
    r->coded = r->whole_range = false;
    r->layers = 0;
    r->bytes = r->discarded_bytes = 0;
    pc_buf_clear(&r->document);
    pc_buf_clear(r->body);
}

void pc_fetch_response_finish(struct pc_fetch_response *r)
{
    pc_buf_finish(&r->document);
}

int pc_fetch_response_status(const struct pc_fetch_response *r)
{
    long status = 0;
    curl_easy_getinfo(r->handle, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* 203 is a 200 that a proxy changed. A server that answers with a part without being asked has
 * sent everything if the part is the whole. */
bool pc_fetch_response_has_image(const struct pc_fetch_response *r)
{
    int status = pc_fetch_response_status(r);
    return status == 200 || status == 203 || (status == 206 && r->whole_range);
}

/* --- while it arrives --- */

static bool discard(struct pc_fetch_response *r, size_t len)
{
    r->discarded_bytes += (int64_t)len;
    return r->discarded_bytes <= MAX_DISCARDED_BYTES;
}

/* The value of a header line if its name is that one, else NULL. Ends line at its end. */
static char *header_value(char *line, const char *name)
{
    size_t len = strlen(name);
    if (strncasecmp(line, name, len) != 0 || line[len] != ':')
        return NULL;
    return pc_str_trim(line + len + 1);
}

/* Counts the layers of compression in "gzip, br". */
static int count_layers(char *codings)
{
    static const char *const names[] = {"gzip", "x-gzip", "deflate", "br", "zstd"};
    int n = 0;
    for (char *coding; (coding = strsep(&codings, ",")) != NULL;)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            n += strcasecmp(pc_str_trim(coding), names[i]) == 0;
    return n;
}

/* "bytes 0-99/100" */
static bool is_whole_range(const char *range)
{
    static const char head[] = "bytes 0-";
    char *end;
    if (!pc_str_starts(range, head))
        return false;
    long long last = strtoll(range + sizeof head - 1, &end, 10);
    return *end == '/' && last >= 0 && strtoll(end + 1, NULL, 10) == last + 1;
}

/* A body of one layer is unpacked piece by piece, and its bytes are counted. Within several layers
 * a few bytes become gigabytes before the next piece is counted, and no image needs them. */
bool pc_fetch_response_header(struct pc_fetch_response *r, const char *data, size_t len)
{
    char *line = pc_xstrndup(data, len);
    char *codings = header_value(line, "Content-Encoding");
    codings = codings ? codings : header_value(line, "Transfer-Encoding");
    char *range = codings ? NULL : header_value(line, "Content-Range");
    if (strncasecmp(line, "HTTP/", 5) == 0) /* a response begins; one with 1xx may precede it */
        r->coded = false, r->layers = 0;
    r->coded = r->coded || codings;
    if (codings && !r->as_sent)
        r->layers += count_layers(codings);
    if (range)
        r->whole_range = is_whole_range(range);
    free(line);
    if (r->layers > 1)
        r->rc = pc_fail(r->err, PC_E_FETCH_TOO_LARGE,
                        "The server of this URL compressed the image %d times over; at most once "
                        "is accepted.",
                        r->layers);
    return !r->rc && discard(r, len);
}

bool pc_fetch_response_body(struct pc_fetch_response *r, const char *data, size_t len)
{
    if (!pc_fetch_response_has_image(r)) {
        if (r->document.len < PC_FETCH_DOCUMENT_MAX)
            pc_buf_append(&r->document, data, len);
        return discard(r, len);
    }
    r->bytes += (int64_t)len;
    if (r->bytes > r->max_bytes)
        r->rc = pc_fetch_response_fail_too_large(r);
    else
        pc_buf_append(r->body, data, len);
    return !r->rc;
}

/* --- what it means --- */

enum pc_code pc_fetch_response_fail_too_large(const struct pc_fetch_response *r)
{
    return pc_fail(r->err, PC_E_FETCH_TOO_LARGE,
                   "The image at this URL is larger than the limit of %lld bytes.",
                   (long long)r->max_bytes);
}

enum pc_code pc_fetch_response_fail_status(const struct pc_fetch_response *r)
{
    int status = pc_fetch_response_status(r);
    const char *text = pc_buf_text(&r->document);
    size_t len = r->document.len;
    bool later = status >= 500 || status == 429 || status == 408 || status == 202;
    char code[64];
    bool named = pc_fetch_document_kind(text, len) != PC_FETCH_WEB_PAGE &&
                 pc_fetch_document_code(text, len, code, sizeof code);
    const char *more = "";
    if (status == 202)
        more = "; it is not ready yet";
    else if (status == 206)
        more = ", which is a part of the image only";
    else if (status == 401)
        more = ": a log-in is needed";
    else if (status >= 400 && !later && pc_fetch_document_expired(text, len))
        more = ": the link has expired";
    return pc_fail(r->err, later ? PC_E_FETCH_UNAVAILABLE : PC_E_FETCH_STATUS,
                   "The server of this URL answered with status %d%s%s%s%s.", status,
                   named ? " (" : "", named ? code : "", named ? ")" : "", more);
}

enum pc_code pc_fetch_response_check(const struct pc_fetch_response *r)
{
    const char *text = pc_buf_text(r->body);
    size_t len = r->body->len;
    char code[64];
    if (len == 0)
        return pc_fail(r->err, PC_E_FETCH_EMPTY, NULL);
    if (r->as_sent && pc_str_starts(text, "\x1f\x8b")) /* gzip after all */
        return pc_fail(
            r->err, PC_E_FETCH_STATUS,
            "The server of this URL compressed the image in a form that cannot be read.");
    enum pc_fetch_document kind = pc_fetch_document_kind(text, len);
    if (kind == PC_FETCH_NO_DOCUMENT)
        return PC_OK;
    if (kind == PC_FETCH_WEB_PAGE)
        return pc_fail(r->err, PC_E_FETCH_WEB_PAGE,
                       "The server of this URL answered with a web page: is a log-in needed?");
    bool named = pc_fetch_document_code(text, len, code, sizeof code);
    return pc_fail(r->err, PC_E_FETCH_STATUS,
                   "The server of this URL answered with %s instead of an image%s%s.",
                   kind == PC_FETCH_XML ? "an XML document" : "JSON", named ? ": " : "",
                   named ? code : "");
}
