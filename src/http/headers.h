/* Small parsers of request headers: ranges, entity tags, accepted encodings, file names. Pure.
 * Threads: safe. */
#ifndef PC_HTTP_HEADERS_H
#define PC_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pc_header_range { PC_RANGE_WHOLE, PC_RANGE_PART, PC_RANGE_NONE };

/* RFC 9110, 14.2: one range of bytes. PART fills [*from, *from + *len); NONE: the file has no such
 * part. A header that is not understood, and several ranges, mean the WHOLE. */
enum pc_header_range pc_header_parse_range(const char *header, int64_t size, int64_t *from,
                                           int64_t *len);

/* Does the list of an If-None-Match header hold tag ("\"abc\""), weakly compared, or "*"? */
bool pc_header_etag_matches(const char *header, const char *tag);

/* Does an Accept-Encoding header take this coding ("br", "gzip") with a weight above 0? */
bool pc_header_accepts_coding(const char *header, const char *coding);

/* Content-Disposition of a download (RFC 6266): an ASCII name and, where it differs, the UTF-8 one
 * (RFC 8187). Control characters, quotes and slashes become "_". Gives: free(). */
char *pc_header_disposition(const char *name);

#endif
