/* Small text helpers that the C library lacks. Pure; thread-safe. */
#ifndef PC_BASE_STR_H
#define PC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool pc_str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool pc_str_starts(const char *text, const char *prefix);
bool pc_str_ends_ci(const char *text, const char *suffix);
/* Copies with truncation; always terminated; returns false when it had to cut. */
bool pc_str_copy(char *dst, size_t cap, const char *src);
/* Whole text as a decimal integer within [min, max]; false otherwise ("12x", "", overflow). */
bool pc_str_to_i64(const char *text, int64_t min, int64_t max, int64_t *out);
bool pc_str_to_double(const char *text, double min, double max, double *out);
/* "10", "512k", "50m", "1g" (powers of 1024, optional trailing "b" or "ib") as bytes. */
bool pc_str_to_bytes(const char *text, int64_t min, int64_t max, int64_t *out);
/* Valid UTF-8 without NUL? */
bool pc_str_is_utf8(const char *text, size_t len);
/* Takes off the character that a cut has split at the end; text that is not UTF-8 before that
 * stays. */
void pc_str_drop_partial_utf8(char *text);
/* Makes text, in place, a name that can be shown and used for a file: separators, control
 * characters, a leading dot, and what is beyond ASCII in text that is not UTF-8, become "_". */
void pc_str_to_file_name(char *text);
/* Cuts white space at both ends in place; returns the first character that is left. */
char *pc_str_trim(char *text);
/* Lower-case hex of bytes; out holds 2*len+1. */
void pc_str_hex(const void *bytes, size_t len, char *out);

#endif
