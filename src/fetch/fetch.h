/* Fetch: a guarded HTTP client for addresses that users supply.
 *
 * http and https only. The address that a name resolves to is judged when the socket is made, at
 * every redirect anew: loopback, private, link-local, CGNAT, unspecified, multicast, documentation
 * and reserved networks are refused, IPv4 inside IPv6 (mapped, 6to4, NAT64, Teredo) judged by what
 * is inside. No proxy unless our own setting names one. The body is counted while it streams.
 *
 * Ownership: create gives; destroy takes NULL. Threads: one struct pc_fetch serves all threads.
 * Errors: bad_url, url_scheme, url_blocked, fetch_dns, fetch_connect, fetch_tls, fetch_timeout,
 * fetch_too_large, fetch_redirects, fetch_status (the answer was not 200), fetch_failed,
 * fetch_empty. Retryable ones say so in pc_code_info.
 */
#ifndef PC_FETCH_FETCH_H
#define PC_FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pc_fetch;

struct pc_fetch_config {
    const char
        *allow; /* comma list of networks that may be reached although not public; "" = none */
    const char *proxy; /* "" = none */
    int64_t total_ms, connect_ms;
    int64_t max_bytes;
    int max_redirects;
};

/* PC_E_CONFIG when the allow list does not parse. Gives *out. */
PC_NODISCARD enum pc_code pc_fetch_create(const struct pc_fetch_config *cfg, struct pc_fetch **out,
                                          struct pc_err *err);
void pc_fetch_destroy(struct pc_fetch *f);

/* Checks the form of an address and writes it normalised: scheme and host in lower case, default
 * port and fragment dropped, path at least "/", at most 2048 bytes, no user and password. No
 * look-up. Pure. */
PC_NODISCARD enum pc_code pc_url_normalise(const char *url, char *out, size_t cap,
                                           struct pc_err *err);
/* Last part of the path, percent-decoded, for people: "a%20b.jpg" -> "a b.jpg"; host when empty. */
void pc_url_name(const char *url, char *out, size_t cap);

/* Where the body goes, as it comes; a code other than PC_OK ends the transfer with that error. */
typedef enum pc_code (*pc_fetch_sink)(void *ctx, const void *data, size_t len, struct pc_err *err);

struct pc_fetch_info {
    int http_status;
    int redirects;
    int64_t bytes;
    char content_type[64];
};

/* cancelled may be NULL; when it answers true the transfer ends with PC_E_CANCELLED. */
PC_NODISCARD enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, pc_fetch_sink sink,
                                       void *ctx, bool (*cancelled)(void *ctx),
                                       struct pc_fetch_info *info, struct pc_err *err);

#endif
