/* Text functions that the C library lacks. Pure; thread-safe. */
#ifndef PC_BASE_STR_H
#define PC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool pc_str_eq(const char *a, const char *b); /* NULL is equal to NULL only */
bool pc_str_starts(const char *text, const char *prefix);
bool pc_str_ends_ci(const char *text, const char *suffix);
/* Copies and always terminates; false when src did not fit and was truncated. */
bool pc_str_copy(char *dst, size_t cap, const char *src);
/* The whole text as a decimal number within [min, max]. False for anything else ("12x", ""). */
bool pc_str_to_i64(const char *text, int64_t min, int64_t max, int64_t *out);
bool pc_str_to_double(const char *text, double min, double max, double *out);
/* "10", "512k", "50m", "1g" in bytes: powers of 1024, and "b" or "ib" may follow. */
bool pc_str_to_bytes(const char *text, int64_t min, int64_t max, int64_t *out);
/* Is it valid UTF-8 without a NUL? */
bool pc_str_is_utf8(const char *text, size_t len);
/* Removes an incomplete UTF-8 character at the end, which a truncation has left there. Invalid
 * UTF-8 before it stays as it is. */
void pc_str_drop_partial_utf8(char *text);
/* Turns text, in place, into a name that can be shown and used for a file: separators, control
 * characters, a leading dot and, in text that is not UTF-8, all non-ASCII bytes become "_". */
void pc_str_to_file_name(char *text);
/* Removes white space at both ends, in place; returns the first character that is left. */
char *pc_str_trim(char *text);
/* Writes bytes as lower-case hex digits; out has room for 2 * len + 1. */
void pc_str_hex(const void *bytes, size_t len, char *out);

#endif
