/* Percent-encoding of URLs (RFC 3986, section 2.1). Pure; thread-safe. */
#ifndef PC_BASE_PERCENT_H
#define PC_BASE_PERCENT_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends text; every byte is written as %XX except A-Z a-z 0-9 - . _ ~ and those in keep. */
void pc_percent_encode(struct pc_buf *out, const char *text, const char *keep);

/* Decodes in place. False when a '%' is not followed by two hex digits, or "%00" occurs; the text
 * is not usable then. */
bool pc_percent_decode(char *text);

/* Appends the first len bytes of text, decoded. A '%' without two hex digits stays as it is, and
 * "%00" becomes a NUL. */
void pc_percent_decode_lenient(struct pc_buf *out, const char *text, size_t len);

/* The byte that the first three characters of text encode ("%2F..." is 0x2f), or -1 when they are
 * not a percent code. */
int pc_percent_byte(const char *text);

#endif
