/* Fetch: a guarded HTTP client for addresses that users supply.
 *
 * http and https only. The address that a name resolves to is judged when the socket is made, at
 * every redirect anew: loopback, private, link-local, CGNAT, unspecified, multicast, documentation
 * and reserved networks are refused, IPv4 inside IPv6 (mapped, 6to4, NAT64) judged by what is
 * inside (see address.h). No proxy unless our own setting names one; behind a proxy only literal
 * addresses can be judged here, names are the proxy's to judge. Redirects are followed here, not
 * in libcurl, so that each target passes the same checks. The body is counted while it streams and
 * never decompressed. No cookies, no .netrc, no HSTS file.
 *
 * A connection is kept for the next transfer to the same host: it was judged by the same rules when
 * it was made.
 *
 * Ownership: create gives; destroy takes NULL, and no transfer may be running. Threads: one struct
 * pc_fetch serves all threads.
 * Errors: bad_url, url_scheme, url_blocked, fetch_dns, fetch_connect, fetch_tls, fetch_timeout,
 * fetch_too_large, fetch_redirects, fetch_status (the answer was not 200), fetch_unavailable (it
 * was 5xx, 429 or 408), fetch_failed, fetch_empty. Retryable ones say so in pc_code_info. Messages
 * name the host that the user named and the HTTP status, never an address that a name resolved to.
 */
#ifndef PC_FETCH_FETCH_H
#define PC_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pc_fetch;

struct pc_fetch_config {
    const char *allow; /* networks that may be reached although not public: pc_allow_list_parse */
    const char *proxy; /* "http://host:port", "socks5h://host:port"; NULL or "" = none */
    int64_t total_ms;  /* all of it, redirects included */
    int64_t connect_ms;
    int64_t stall_ms; /* next to nothing came for so long: fetch_timeout; 0 = 10 s; full seconds */
    int64_t max_bytes;
    int max_redirects;
};

/* PC_E_CONFIG when the allow list does not parse. Gives *out. */
PC_NODISCARD enum pc_code pc_fetch_create(const struct pc_fetch_config *cfg, struct pc_fetch **out,
                                          struct pc_err *err);
void pc_fetch_destroy(struct pc_fetch *f);

/* Checks the form of an address and writes it normalised: scheme and host in lower case, names
 * beyond ASCII in punycode, unusual spellings of an IPv4 address (2130706433, 0x7f.1) in the usual
 * one, default port and fragment dropped, path at least "/" and without dot segments, bytes beyond
 * ASCII percent-encoded, at most 2048 bytes. Refuses user and password, spaces, backslashes and
 * control characters. No look-up. Pure; normalising twice changes nothing. */
PC_NODISCARD enum pc_code pc_fetch_normalise_url(const char *url, char *out, size_t cap,
                                                 struct pc_err *err);
/* Judges a normalised address whose host is a literal IP (in any of the forms that the resolver
 * takes) by the same rules as at connect time, so that a batch can name it at once; a host name
 * passes here and is judged when it is resolved. url_blocked. No look-up. */
PC_NODISCARD enum pc_code pc_fetch_check_url(const struct pc_fetch *f, const char *url,
                                             struct pc_err *err);
/* Last part of the path, percent-decoded, for people: "a%20b.jpg" -> "a b.jpg"; host when empty.
 * Safe as a file name: separators and control characters become "_", and so does a leading dot. */
void pc_fetch_url_file_name(const char *url, char *out, size_t cap);

/* Where the body goes, as it comes; a code other than PC_OK ends the transfer with that error.
 * Bytes may have gone to the sink before a transfer fails: the caller drops them then. */
typedef enum pc_code (*pc_fetch_sink)(void *ctx, const void *data, size_t len, struct pc_err *err);

struct pc_fetch_info {
    int http_status;
    int redirects;
    int64_t bytes; /* of the body */
    char content_type[64];
};

/* cancelled (asked about every second and on progress, with the sink's ctx) may be NULL; when it
 * answers true the transfer ends with PC_E_CANCELLED. info may be NULL; it is filled on failure
 * too, as far as known. */
PC_NODISCARD enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, pc_fetch_sink sink,
                                       void *ctx, bool (*cancelled)(void *ctx),
                                       struct pc_fetch_info *info, struct pc_err *err);

#endif
