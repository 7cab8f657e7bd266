/* A delimiter is CR LF "--" boundary; in a body whose first delimiter's line ends with LF alone it
 * is LF "--" boundary. Its first character occurs nowhere else in it, so when a partial match
 * fails, all of it is data, and none of it has to be looked at again. The first delimiter of a body
 * has no line end before it: reading starts as if that had been seen.
 */
#include "http/body/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/body/disposition.h"
#include "http/headers.h"

enum { MAX_BOUNDARY = 1000, MAX_HEADERS = 8192, MAX_PARTS = 64, CHUNK = 4096 };

enum state { PREAMBLE, AFTER_DELIMITER, HEADERS, DATA, EPILOGUE };

struct pc_multipart {
    const struct pc_multipart_events *events;
    void *ctx;
    enum state state;
    char *crlf_delimiter;
    const char *delimiter; /* the same, or without its CR */
    size_t delimiter_len;
    bool seen;       /* a delimiter */
    size_t matched;  /* bytes of the delimiter seen at the end of what was fed */
    size_t borrowed; /* how many of these were the end of the part's headers: they are no data */
    struct pc_buf line, headers; /* headers: complete lines, each after a LF */
    size_t header_bytes;
    int parts;
    bool is_base64;
    struct pc_base64_decoder decoder;
};

static void set_line_end(struct pc_multipart *mp, bool bare_lf)
{
    mp->delimiter = mp->crlf_delimiter + bare_lf;
    mp->delimiter_len = strlen(mp->delimiter);
}

enum pc_code pc_multipart_create(const char *content_type, const struct pc_multipart_events *events,
                                 void *ctx, struct pc_multipart **out, struct pc_err *err)
{
    char *boundary = pc_header_param(content_type, "boundary");
    bool usable = boundary && *boundary && strlen(boundary) <= MAX_BOUNDARY;
    for (const char *at = boundary; usable && *at; at++)
        usable = (unsigned char)*at >= ' ' && *at != 0x7f;
    if (!usable) {
        bool given = boundary && *boundary;
        free(boundary);
        return pc_fail(err, PC_E_BAD_REQUEST,
                       given ? "The boundary that the Content-Type names is not usable."
                             : "The Content-Type names no boundary; leave that header to the "
                               "client's library, which knows it.");
    }
    struct pc_multipart *mp = pc_xzalloc(sizeof *mp);
    mp->events = events;
    mp->ctx = ctx;
    mp->crlf_delimiter = pc_xasprintf("\r\n--%s", boundary);
    free(boundary);
    set_line_end(mp, true);
    mp->matched = 1;
    *out = mp;
    return PC_OK;
}

void pc_multipart_destroy(struct pc_multipart *mp)
{
    if (!mp)
        return;
    pc_buf_finish(&mp->line);
    pc_buf_finish(&mp->headers);
    free(mp->crlf_delimiter);
    free(mp);
}

/* --- headers --- */

static enum pc_code malformed(struct pc_err *err, const char *why)
{
    return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body is malformed: %s.", why);
}

/* The value of a header of the part, or NULL. Gives. */
static char *part_header(const struct pc_multipart *mp, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strchr(pc_buf_text(&mp->headers), '\n'); at; at = strchr(at, '\n')) {
        at++;
        const char *colon = at + n + (strncasecmp(at, name, n) == 0 ? strspn(at + n, " \t") : 0);
        if (strncasecmp(at, name, n) != 0 || *colon != ':')
            continue;
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        return pc_xstrndup(value, strcspn(value, "\n"));
    }
    return NULL;
}

static enum pc_code set_encoding(struct pc_multipart *mp, struct pc_err *err)
{
    static const char *const as_it_is[] = {"", "binary", "8bit", "7bit"};
    char *encoding = part_header(mp, "Content-Transfer-Encoding");
    const char *text = encoding ? pc_str_trim(encoding) : "";
    mp->is_base64 = strcasecmp(text, "base64") == 0;
    mp->decoder = (struct pc_base64_decoder){0};
    bool known = mp->is_base64;
    for (size_t i = 0; i < sizeof as_it_is / sizeof *as_it_is; i++)
        known = known || strcasecmp(text, as_it_is[i]) == 0;
    enum pc_code rc = PC_OK;
    if (!known)
        rc = pc_fail(err, PC_E_BAD_REQUEST,
                     "A part has a Content-Transfer-Encoding that is not read; send it as it is or "
                     "as base64.");
    free(encoding);
    return rc;
}

static enum pc_code open_part(struct pc_multipart *mp, struct pc_err *err)
{
    char *disposition = part_header(mp, "Content-Disposition");
    char *type = part_header(mp, "Content-Type");
    char *name = disposition ? pc_disposition_name(disposition) : NULL;
    char *file_name = disposition ? pc_disposition_file_name(disposition) : NULL;
    const struct pc_multipart_part part = {
        .name = name ? name : "", .file_name = file_name, .type = type ? type : ""};
    enum pc_code rc = PC_OK;
    if (!name && !file_name)
        rc = malformed(err, "a part has no Content-Disposition with a name");
    else if (++mp->parts > MAX_PARTS)
        rc =
            pc_fail(err, PC_E_BAD_REQUEST, "The multipart body has more than %d parts.", MAX_PARTS);
    if (!rc)
        rc = set_encoding(mp, err);
    if (!rc)
        rc = mp->events->part(mp->ctx, &part, err);
    free(disposition);
    free(type);
    free(name);
    free(file_name);
    mp->state = DATA;
    /* the delimiter of an empty part may follow its headers directly */
    mp->matched = mp->borrowed = mp->delimiter_len - strlen(mp->crlf_delimiter + 2);
    return rc;
}

/* Takes a complete line, its end removed, that is not the last one of the headers. A line that
 * begins with white space goes on with the header before. */
static enum pc_code header_line(struct pc_multipart *mp, struct pc_err *err)
{
    const char *text = pc_buf_text(&mp->line);
    if (strlen(text) != mp->line.len)
        return malformed(err, "a header has a NUL");
    if (*text != ' ' && *text != '\t')
        pc_buf_putc(&mp->headers, '\n');
    pc_buf_puts(&mp->headers, text);
    pc_buf_clear(&mp->line);
    return PC_OK;
}

/* One character of the headers of a part, or of the rest of a delimiter's line. */
static enum pc_code line_char(struct pc_multipart *mp, char c, struct pc_err *err)
{
    if (++mp->header_bytes > MAX_HEADERS)
        return pc_fail(err, PC_E_BAD_REQUEST, "A part has headers of more than %d bytes.",
                       MAX_HEADERS);
    pc_buf_putc(&mp->line, c);
    if (mp->state == AFTER_DELIMITER && mp->line.len == 2 && memcmp(mp->line.data, "--", 2) == 0) {
        mp->state = EPILOGUE;
        return PC_OK;
    }
    if (c != '\n')
        return PC_OK;
    bool bare_lf = mp->line.len < 2 || mp->line.data[mp->line.len - 2] != '\r';
    mp->line.len -= bare_lf ? 1 : 2;
    mp->line.data[mp->line.len] = 0;
    if (mp->state == HEADERS)
        return mp->line.len ? header_line(mp, err) : open_part(mp, err);
    if (strspn(mp->line.data, " \t") != mp->line.len)
        return malformed(err, "something follows the boundary in its line");
    if (!mp->seen)
        set_line_end(mp, bare_lf);
    mp->seen = true;
    mp->state = HEADERS;
    pc_buf_clear(&mp->headers);
    pc_buf_clear(&mp->line);
    return PC_OK;
}

/* --- data --- */

static enum pc_code bad_base64(struct pc_err *err)
{
    return malformed(err, "a part in base64 is not valid base64");
}

static enum pc_code pass_on(struct pc_multipart *mp, const char *data, size_t len,
                            struct pc_err *err)
{
    unsigned char out[CHUNK];
    enum pc_code rc = PC_OK;
    if (mp->state != DATA || len == 0)
        return PC_OK;
    if (!mp->is_base64)
        return mp->events->data(mp->ctx, data, len, err);
    while (len && !rc) {
        size_t n = len < CHUNK ? len : CHUNK, got;
        if (!pc_base64_decode(&mp->decoder, data, n, out, &got))
            return bad_base64(err);
        rc = got ? mp->events->data(mp->ctx, out, got, err) : PC_OK;
        data += n;
        len -= n;
    }
    return rc;
}

static enum pc_code end_part(struct pc_multipart *mp, struct pc_err *err)
{
    unsigned char out[2];
    size_t got = 0;
    if (mp->is_base64 && !pc_base64_decode_end(&mp->decoder, out, &got))
        return bad_base64(err);
    enum pc_code rc = got ? mp->events->data(mp->ctx, out, got, err) : PC_OK;
    return rc ? rc : mp->events->part_end(mp->ctx, err);
}

/* The delimiter is complete: the part, if one was open, is over. */
static enum pc_code delimiter_seen(struct pc_multipart *mp, struct pc_err *err)
{
    bool open = mp->state == DATA;
    mp->state = AFTER_DELIMITER;
    mp->matched = mp->borrowed = 0;
    mp->header_bytes = 0;
    pc_buf_clear(&mp->line);
    return open ? end_part(mp, err) : PC_OK;
}

/* Bytes before the first place where a delimiter is or may begin; len when there is none. */
static size_t plain_run(const struct pc_multipart *mp, const char *data, size_t len)
{
    const char *first;
    for (size_t from = 0;
         from < len && (first = memchr(data + from, *mp->delimiter, len - from));) {
        size_t at = (size_t)(first - data), left = len - at;
        if (memcmp(first, mp->delimiter, left < mp->delimiter_len ? left : mp->delimiter_len) == 0)
            return at;
        from = at + 1;
    }
    return len;
}

/* Data until a delimiter or the end of the piece; *used bytes are done with. */
static enum pc_code scan(struct pc_multipart *mp, const char *data, size_t len, size_t *used,
                         struct pc_err *err)
{
    size_t i = 0;
    while (i < len && mp->matched && mp->matched < mp->delimiter_len &&
           data[i] == mp->delimiter[mp->matched]) {
        i++;
        mp->matched++;
    }
    *used = i;
    if (mp->matched == mp->delimiter_len)
        return delimiter_seen(mp, err);
    if (i == len)
        return PC_OK;
    if (mp->matched) { /* no delimiter after all */
        size_t skip = mp->borrowed, held = mp->matched - skip;
        mp->matched = mp->borrowed = 0;
        return pass_on(mp, mp->delimiter + skip, held, err);
    }
    size_t plain = plain_run(mp, data, len);
    mp->matched = plain < len;
    *used = plain + mp->matched;
    return pass_on(mp, data, plain, err);
}

enum pc_code pc_multipart_feed(struct pc_multipart *mp, const void *data, size_t len,
                               struct pc_err *err)
{
    const char *at = data;
    enum pc_code rc = PC_OK;
    while (len && !rc && mp->state != EPILOGUE) {
        size_t used = 1;
        if (mp->state == AFTER_DELIMITER || mp->state == HEADERS)
            rc = line_char(mp, *at, err);
        else
            rc = scan(mp, at, len, &used, err);
        at += used;
        len -= used;
    }
    return rc;
}

enum pc_code pc_multipart_end(struct pc_multipart *mp, struct pc_err *err)
{
    const char *boundary = mp->crlf_delimiter + strlen("\r\n--");
    if (mp->state == EPILOGUE)
        return PC_OK;
    for (const char *at = boundary; *at; at++)
        if ((unsigned char)*at >= 0x80)
            boundary = "(not ASCII)";
    if (mp->state == PREAMBLE)
        return pc_fail(err, PC_E_BAD_REQUEST,
                       "The body has no line '--%.80s': the boundary that the Content-Type names.",
                       boundary);
    return pc_fail(err, PC_E_BAD_REQUEST, "The body ends before its last boundary, '--%.80s--'.",
                   boundary);
}
