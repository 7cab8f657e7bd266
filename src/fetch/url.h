/* The form of URLs that users supply. Nothing is looked up. Pure; thread-safe. */
#ifndef PC_FETCH_URL_H
#define PC_FETCH_URL_H

#include <stddef.h>

#include "base/err.h"

/* Bytes of a normalised URL, without the NUL. A link that was signed with the credentials of a role
 * has two to four thousand. */
enum { PC_FETCH_URL_MAX = 8192 };

/* Checks a URL and writes it in its one normal form, so that equal URLs are equal texts:
 *
 *     scheme and host     lower case; a host beyond ASCII in punycode; an unusual spelling of an
 *                         IPv4 address (2130706433, 0x7f.1) as 127.0.0.1
 *     port                dropped when it is the scheme's own
 *     path                at least "/", without dot segments
 *     fragment            dropped
 *     bytes beyond ASCII  percent-encoded; what came encoded stays as it is
 *
 * Normalising a normal form changes nothing. Errors: bad_url (also for a user or password in it,
 * and for spaces, backslashes and control characters), url_scheme. */
PC_NODISCARD enum pc_code pc_fetch_normalise_url(const char *url, char *out, size_t cap,
                                                 struct pc_err *err);

/* A file name for people: the last part of the path, percent-decoded, or the host when there is
 * none. "https://example.com/a%20b.jpg" is "a b.jpg". Separators, control characters and a leading
 * dot become "_". Always terminated within cap. */
void pc_fetch_url_file_name(const char *url, char *out, size_t cap);

#endif
