/* Texts as clients send them: which encoding they are in, and their way to UTF-8. Pure.
 * Threads: safe.
 */
#ifndef PC_HTTP_BODY_TEXT_H
#define PC_HTTP_BODY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum pc_text_encoding { PC_TEXT_UTF8, PC_TEXT_UTF16LE, PC_TEXT_UTF16BE, PC_TEXT_UTF32 };

/* The encoding that a byte order mark names. Without one, zero bytes beside the first character, which
 * is ASCII in every text read here, show UTF-16 or UTF-32; otherwise PC_TEXT_UTF8. */
enum pc_text_encoding pc_text_encoding_of(const char *text, size_t len);
/* Bytes of the byte order mark of UTF-8 at the beginning: 3 or 0. */
size_t pc_text_mark(const char *text, size_t len);

/* Append text as UTF-8. from_utf16 drops the byte order mark; false when it is no UTF-16. ISO 8859-1 is
 * read as Windows-1252, as browsers do; there, every byte is valid. */
bool pc_text_from_utf16(struct pc_buf *out, const char *text, size_t len, bool big_endian);
void pc_text_from_windows_1252(struct pc_buf *out, const char *text, size_t len);

/* Removes white space at both ends, in place; returns the first character that is left. Also what
 * text copied from a page or a sheet may have there: no-break spaces, zero-width characters. */
char *pc_text_trim(char *text);
/* Cuts UTF-8 text, in place, to at most max bytes at the end of a character: a name for a message.
 */
void pc_text_shorten(char *text, size_t max);

#endif
