/* An HTTP client for URLs that users supply, guarded against requests into the private network.
 *
 * http and https only. The IP address that a host name resolves to is checked when the socket is
 * made, for every redirect anew: only public addresses are connected to, and those that the allow
 * list opens (see address.h). No proxy is used unless our own setting names one; behind a proxy
 * only literal IP addresses can be checked here, because the proxy resolves the names.
 *
 * Redirects are followed here and not by libcurl, so that every target passes the same checks. The
 * body is counted while it streams and is never decompressed. No cookies, no .netrc, no HSTS file.
 * A connection stays open for the next transfer to the same host: its address was checked when it
 * was made.
 *
 * Ownership: create gives; destroy takes NULL, and no transfer may be running.
 * Threads: all threads may use one struct pc_fetch at the same time.
 * Errors, for all functions:
 *
 *     bad_url, url_scheme     the URL itself is wrong
 *     url_blocked             its host is not public
 *     fetch_dns, fetch_connect, fetch_tls, fetch_timeout
 *     fetch_status            the response was not 200
 *     fetch_unavailable       it was 5xx, 429 or 408
 *     fetch_redirects, fetch_too_large, fetch_empty, fetch_failed
 *
 * pc_code_info says which of them are worth a retry. Messages name the host that the user named and
 * the HTTP status, never an address that a name resolved to.
 */
#ifndef PC_FETCH_FETCH_H
#define PC_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct pc_fetch;

struct pc_fetch_config {
    const char *allow; /* networks that may be reached although private: pc_allow_list_parse */
    const char *proxy; /* "http://host:port", "socks5h://host:port"; NULL or "": none */
    int64_t total_ms;  /* limit of a whole transfer, redirects included */
    int64_t connect_ms;
    int64_t stall_ms; /* almost nothing arrived for so long: fetch_timeout; 0: 10 s; full seconds */
    int64_t max_bytes;
    int max_redirects;
};

/* Gives *out. PC_E_CONFIG when the allow list is wrong. */
PC_NODISCARD enum pc_code pc_fetch_create(const struct pc_fetch_config *cfg, struct pc_fetch **out,
                                          struct pc_err *err);
void pc_fetch_destroy(struct pc_fetch *f);

/* Checks a normalised URL (url.h) whose host is a literal IP address, in any form that resolvers
 * take, by the rules that hold when a socket is made, so that a batch can refuse it at once. A host
 * name passes here: it is checked when it is resolved. Looks nothing up. url_blocked. */
PC_NODISCARD enum pc_code pc_fetch_check_url(const struct pc_fetch *f, const char *url,
                                             struct pc_err *err);

/* Takes the body piece by piece. A code other than PC_OK ends the transfer with that error. A
 * transfer may still fail after pieces were handed over; the caller discards them then. */
typedef enum pc_code (*pc_fetch_sink)(void *ctx, const void *data, size_t len, struct pc_err *err);

struct pc_fetch_info {
    int http_status;
    int redirects;
    int64_t bytes; /* of the body */
    char content_type[64];
};

/* Fetches url, which need not be normalised, into sink.
 *
 * cancelled may be NULL. It is asked about once a second and as data arrives, with the sink's ctx;
 * when it answers true, the transfer ends with PC_E_CANCELLED. info may be NULL; it is filled on
 * failure too, as far as known. */
PC_NODISCARD enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, pc_fetch_sink sink,
                                       void *ctx, bool (*cancelled)(void *ctx),
                                       struct pc_fetch_info *info, struct pc_err *err);

#endif
