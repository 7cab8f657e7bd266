/* Readers of request headers (ranges, entity tags, encodings, parameters) and the writer of one
 * response header. Pure. Threads: safe.
 */
#ifndef PC_HTTP_HEADERS_H
#define PC_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pc_header_range {
    PC_RANGE_WHOLE, /* the whole file is wanted */
    PC_RANGE_PART,
    PC_RANGE_NONE, /* the file has no such part */
};

/* The Range header (RFC 9110, 14.2) of a file of size bytes. PC_RANGE_PART fills the part
 * [*from, *from + *len). A header that is not understood, and several ranges, mean the whole. */
enum pc_header_range pc_header_parse_range(const char *header, int64_t size, int64_t *from,
                                           int64_t *len);

/* Does an If-None-Match header list this tag ("\"abc\""), compared weakly, or "*"? */
bool pc_header_etag_matches(const char *header, const char *tag);

/* Does an Accept-Encoding header allow this coding ("br", "gzip") with a weight above 0? */
bool pc_header_accepts_coding(const char *header, const char *coding);

/* The value of a parameter of a header such as `form-data; name="a"; filename="b.jpg"`, with quotes
 * and backslashes undone. Gives (free()); NULL when it is absent or its quote is not closed. */
char *pc_header_param(const char *header, const char *name);

/* The Content-Disposition of a download (RFC 6266): an ASCII name and, where it differs, the UTF-8
 * one (RFC 8187). Control characters, quotes and slashes become "_". Gives: free(). */
char *pc_header_disposition(const char *name);

#endif
