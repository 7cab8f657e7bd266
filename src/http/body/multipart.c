/* A delimiter is CR LF "--" boundary. Its only CR is its first character, so when a partial match
 * fails, all of it is data, and none of it has to be looked at again. The first delimiter of a body
 * has no CR LF before it: reading starts as if those two had been seen.
 */
#include "http/body/multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "http/headers.h"

enum { MAX_BOUNDARY = 70, MAX_HEADERS = 8192, MAX_PARTS = 64 };

enum state { PREAMBLE, AFTER_DELIMITER, HEADERS, DATA, EPILOGUE };

struct pc_multipart {
    const struct pc_multipart_events *events;
    void *ctx;
    enum state state;
    char delimiter[MAX_BOUNDARY + 5];
    size_t delimiter_len;
    size_t matched;  /* bytes of the delimiter seen at the end of what was fed */
    size_t borrowed; /* how many of these were the end of the part's headers: they are no data */
    struct pc_buf line;
    size_t header_bytes;
    int parts;
    char disposition[1024];
};

enum pc_code pc_multipart_create(const char *content_type, const struct pc_multipart_events *events,
                                 void *ctx, struct pc_multipart **out, struct pc_err *err)
{
    static const char bchars[] = /* RFC 2046, 5.1.1 */
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=? ";
    char boundary[MAX_BOUNDARY + 1];
    if (!pc_header_param(content_type, "boundary", boundary, sizeof boundary) || !*boundary ||
        boundary[strspn(boundary, bchars)])
        return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body names no usable boundary.");
    struct pc_multipart *mp = pc_xzalloc(sizeof *mp);
    mp->events = events;
    mp->ctx = ctx;
    mp->delimiter_len = (size_t)snprintf(mp->delimiter, sizeof mp->delimiter, "\r\n--%s", boundary);
    mp->matched = 2;
    *out = mp;
    return PC_OK;
}

void pc_multipart_destroy(struct pc_multipart *mp)
{
    if (!mp)
        return;
    pc_buf_finish(&mp->line);
    free(mp);
}

static enum pc_code malformed(struct pc_err *err)
{
    return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body is malformed.");
}

static enum pc_code open_part(struct pc_multipart *mp, struct pc_err *err)
{
    char name[256], file[1024];
    if (!pc_header_param(mp->disposition, "name", name, sizeof name))
        return malformed(err);
    if (++mp->parts > MAX_PARTS)
        return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body has too many parts.");
    const char *file_name = NULL;
    if (pc_header_param(mp->disposition, "filename", file, sizeof file)) {
        file_name = file;
        for (const char *at = file; *at; at++) /* some clients send the whole path */
            if (*at == '/' || *at == '\\')
                file_name = at + 1;
        if (!pc_str_is_utf8(file_name, strlen(file_name)))
            file_name = "";
    }
    mp->state = DATA;
    mp->matched = mp->borrowed =
        2; /* the delimiter of an empty part follows its headers directly */
    return mp->events->part(mp->ctx, name, file_name, err);
}

static enum pc_code header_line(struct pc_multipart *mp, struct pc_err *err)
{
    const char *text = pc_buf_text(&mp->line);
    if (strlen(text) != mp->line.len)
        return malformed(err);
    if (mp->line.len == 0)
        return open_part(mp, err);
    static const char wanted[] = "Content-Disposition:";
    if (strncasecmp(text, wanted, sizeof wanted - 1) == 0) {
        const char *value = text + sizeof wanted - 1;
        if (!pc_str_copy(mp->disposition, sizeof mp->disposition, value + strspn(value, " \t")))
            return malformed(err);
    }
    pc_buf_clear(&mp->line);
    return PC_OK;
}

/* One character of the headers of a part, or of the rest of a delimiter's line. */
static enum pc_code line_char(struct pc_multipart *mp, char c, struct pc_err *err)
{
    if (++mp->header_bytes > MAX_HEADERS)
        return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body has too long headers.");
    pc_buf_putc(&mp->line, c);
    if (mp->state == AFTER_DELIMITER && mp->line.len == 2 && memcmp(mp->line.data, "--", 2) == 0) {
        mp->state = EPILOGUE;
        return PC_OK;
    }
    if (c != '\n')
        return PC_OK;
    if (mp->line.len < 2 || mp->line.data[mp->line.len - 2] != '\r')
        return malformed(err);
    mp->line.len -= 2;
    mp->line.data[mp->line.len] = 0;
    if (mp->state == HEADERS)
        return header_line(mp, err);
    if (strspn(mp->line.data, " \t") != mp->line.len)
        return malformed(err);
    mp->state = HEADERS;
    mp->disposition[0] = 0;
    pc_buf_clear(&mp->line);
    return PC_OK;
}

static enum pc_code pass_on(struct pc_multipart *mp, const char *data, size_t len,
                            struct pc_err *err)
{
    if (mp->state != DATA || len == 0)
        return PC_OK;
    return mp->events->data(mp->ctx, data, len, err);
}

/* The delimiter is complete: the part, if one was open, is over. */
static enum pc_code delimiter_seen(struct pc_multipart *mp, struct pc_err *err)
{
    bool open = mp->state == DATA;
    mp->state = AFTER_DELIMITER;
    mp->matched = mp->borrowed = 0;
    mp->header_bytes = 0;
    pc_buf_clear(&mp->line);
    return open ? mp->events->part_end(mp->ctx, err) : PC_OK;
}

/* Bytes before the first place where a delimiter is or may begin; len when there is none. */
static size_t plain_run(const struct pc_multipart *mp, const char *data, size_t len)
{
    const char *cr;
    for (size_t from = 0; from < len && (cr = memchr(data + from, '\r', len - from));) {
        size_t at = (size_t)(cr - data), left = len - at;
        if (memcmp(cr, mp->delimiter, left < mp->delimiter_len ? left : mp->delimiter_len) == 0)
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
    if (mp->state != EPILOGUE)
        return pc_fail(err, PC_E_BAD_REQUEST, "The multipart body ends too early.");
    return PC_OK;
}
