/* An HTTP client for URLs that users supply, guarded against requests into the private network.
 *
 * http and https only. The IP address that a host name resolves to is checked when the socket is
 * made, for every redirect anew: only public addresses are connected to, and those that the allow
 * list opens (see address.h). No proxy is used unless our own setting names one; behind a proxy
 * only literal IP addresses can be checked here, because the proxy resolves the names.
 *
 * Redirects are followed here and not by libcurl, so that every target passes the same checks. A
 * body that came compressed (gzip, deflate, br where libcurl has it) is decompressed, one layer of
 * it; its bytes are counted while it streams, after that. Cookies live within one fetch, from a
 * redirect to the next, and go to no other host than their rules allow. No .netrc, no HSTS file.
 *
 * A server that answers 202, or 429 or 503 with Retry-After, is asked again within the same fetch:
 * up to three times, after ten seconds at most, and within the time limit. If it
 * asks for a longer wait or answers so a fourth time, the fetch fails with fetch_unavailable.
 *
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
 *     fetch_status            the response has a status that brings no image, or is an XML or JSON
 *                             document; the message has the error code that it names
 *     fetch_web_page          it is a web page
 *     fetch_unavailable       its status was 5xx, 429, 408 or 202
 *     fetch_redirects, fetch_too_large, fetch_empty, fetch_failed
 *
 * pc_code_info says which of them are worth a retry. Messages name the host that the user named,
 * the HTTP status and one word of an error document, never an address that a name resolved to.
 */
#ifndef PC_FETCH_FETCH_H
#define PC_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
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

struct pc_fetch_info {
    int http_status;
    int redirects;
    int64_t bytes; /* of the body, after decompression */
    char content_type[64];
};

/* Fetches url, which need not be normalised. Fills body, which is emptied first; on failure it is
 * empty.
 *
 * cancelled may be NULL. It is asked about once a second and as data arrives, with ctx; when it
 * returns true, the transfer ends with PC_E_CANCELLED. info may be NULL; it is filled on failure
 * too, as far as known. */
PC_NODISCARD enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, struct pc_buf *body,
                                       bool (*cancelled)(void *ctx), void *ctx,
                                       struct pc_fetch_info *info, struct pc_err *err);

#endif
