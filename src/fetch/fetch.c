/* The requests of a fetch: transfers, repeats and redirects.
 *
 * Each fetch acquires a libcurl handle and releases it with its open connection, so that many
 * images on one host do not pay for a TLS handshake each. libcurl calls open_socket for every
 * address it is about to connect to: there the address is checked, after the name was resolved, so
 * a name that resolves to another address the second time (DNS rebinding) gains nothing.
 */
#include "fetch/fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "curl/handle.h"
#include "fetch/address.h"
#include "fetch/response.h"
#include "fetch/url.h"

enum {
    MAX_IDLE = 16,    /* handles */
    STALL_RATE = 200, /* bytes a second; slower counts as a stall */
    STALL_MS = 10000,
    HOST_SHOWN = 100,
    MAX_REPEATS = 3,             /* of a request whose server asked to come back later */
    MAX_REPEAT_DELAY_MS = 10000, /* a longer wait is left to whoever repeats the whole fetch */
    REPEAT_DELAY_MS = 1000,      /* where the server does not say how long */
    POLL_MS = 100                /* how often a wait looks whether the fetch was cancelled */
};

struct pc_fetch {
    struct pc_fetch_config cfg; /* owns proxy; allow is parsed below */
    struct pc_allow_list allow;
    struct pc_curl_pool pool;
};

enum pc_code pc_fetch_create(const struct pc_fetch_config *cfg, struct pc_fetch **out,
                             struct pc_err *err)
{
    struct pc_allow_list allow;
    enum pc_code rc = pc_curl_init(err);
    if (!rc)
        rc = pc_allow_list_parse(cfg->allow, &allow, err);
    if (rc)
        return rc;
    struct pc_fetch *f = pc_xzalloc(sizeof *f);
    f->cfg = *cfg;
    f->cfg.allow = NULL;
    f->cfg.proxy = pc_xstrdup(cfg->proxy ? cfg->proxy : "");
    f->allow = allow;
    pc_curl_pool_init(&f->pool, MAX_IDLE);
    *out = f;
    return PC_OK;
}

void pc_fetch_destroy(struct pc_fetch *f)
{
    if (!f)
        return;
    pc_curl_pool_finish(&f->pool);
    pc_allow_list_finish(&f->allow);
    free((char *)f->cfg.proxy);
    free(f);
}

enum pc_code pc_fetch_check_url(const struct pc_fetch *f, const char *url, struct pc_err *err)
{
    char host[256];
    const char *from = strstr(url, "://");
    if (!from)
        return pc_fail(err, PC_E_BAD_URL, NULL);
    pc_str_copy(host, sizeof host, from + 3);
    host[host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":/?#")] = 0;
    return pc_address_host_allowed(host, &f->allow) ? PC_OK : pc_fail(err, PC_E_URL_BLOCKED, NULL);
}

/* --- one transfer --- */

struct transfer {
    const struct pc_fetch *f;
    CURL *handle;
    struct pc_deadline deadline;
    bool (*cancelled)(void *ctx);
    void *ctx;
    struct pc_fetch_info *info;
    struct pc_err *err;
    int repeats; /* because a server asked for it */

    char url[PC_FETCH_URL_MAX + 1]; /* of the current hop, normalised */
    bool as_sent, http1;            /* how to ask it: see prepare_repeat */
    bool connected, rejected;       /* current request: an address passed the check; one did not */
    struct pc_fetch_response response; /* to the current request */
};

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct transfer *t = ctx;
    bool is_proxy = *t->f->cfg.proxy; /* the operator's own address */
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (!is_proxy && !pc_address_allowed(&a->addr, a->addrlen, &t->f->allow))) {
        t->rejected = true;
        return CURL_SOCKET_BAD;
    }
    t->connected = true;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool is_cancelled(const struct transfer *t)
{
    return t->cancelled && t->cancelled(t->ctx);
}

static int on_progress(void *ctx, curl_off_t dl_total, curl_off_t dl_now, curl_off_t ul_total,
                       curl_off_t ul_now)
{
    struct transfer *t = ctx;
    (void)dl_total, (void)dl_now, (void)ul_total, (void)ul_now;
    if (!is_cancelled(t))
        return 0;
    t->response.rc = pc_fail(t->err, PC_E_CANCELLED, NULL);
    return 1;
}

static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    return pc_fetch_response_header(&t->response, data, size * n) ? size * n : 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    return pc_fetch_response_body(&t->response, data, size * n) ? size * n : 0;
}

static CURLcode perform(struct transfer *t)
{
    const struct pc_fetch_config *cfg = &t->f->cfg;
    CURL *h = t->handle;
    int64_t remaining_ms = pc_deadline_left_ms(t->deadline);
    const struct pc_curl_options options = {
        .url = t->url,
        .proxy = cfg->proxy, /* "" keeps libcurl from asking the environment, as no_proxy does */
        .no_proxy = "",
        .http1 = t->http1,
        .connect_ms = cfg->connect_ms,
        .total_ms = remaining_ms > 1 << 30 ? 0 : remaining_ms,
        .min_rate = STALL_RATE,
        .stall_ms = cfg->stall_ms > 0 ? cfg->stall_ms : STALL_MS,
        .on_header = on_header,
        .on_body = on_body,
        .on_progress = on_progress,
        .ctx = t,
    };
    CURLcode cc = pc_curl_set(h, &options);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HTTP09_ALLOWED, 0L);
    /* "": all codings that this libcurl can unpack */
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_ACCEPT_ENCODING, t->as_sent ? "identity" : "");
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HTTP_CONTENT_DECODING, t->as_sent ? 0L : 1L);
    /* No cookie, but it starts to keep cookies in memory. CURLOPT_COOKIEFILE would do the same and
     * lose memory at each curl_easy_reset of libcurl 7.88. */
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_COOKIELIST, "Set-Cookie:");
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 2L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)cfg->max_bytes);
    return cc ? cc : curl_easy_perform(h);
}

/* --- what came of it --- */

static enum pc_code code_of(CURLcode cc, CURL *h)
{
    curl_off_t connected_us = 0;
    switch (cc) {
    case CURLE_URL_MALFORMAT: return PC_E_BAD_URL;
    case CURLE_COULDNT_RESOLVE_HOST: return PC_E_FETCH_DNS;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return PC_E_FETCH_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        curl_easy_getinfo(h, CURLINFO_CONNECT_TIME_T, &connected_us);
        return connected_us ? PC_E_FETCH_TIMEOUT : PC_E_FETCH_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE: return PC_E_FETCH_TLS;
    case CURLE_FILESIZE_EXCEEDED: return PC_E_FETCH_TOO_LARGE;
    default: return PC_E_FETCH_FAILED;
    }
}

/* The message names the host, unless it came from a redirect: where somebody else's server leads
 * is not to be shown to the user, who could map our network that way. */
static enum pc_code fail_transfer(const struct transfer *t, CURLcode cc, struct pc_err *err)
{
    char who[HOST_SHOWN + 32];
    const char *host = strstr(t->url, "://");
    int len = host ? (int)strcspn(host + 3, "/?#") : 0;
    if (t->info->redirects > 0 || len == 0)
        snprintf(who, sizeof who, "The host that it redirects to");
    else
        snprintf(who, sizeof who, "The host %.*s", len < HOST_SHOWN ? len : HOST_SHOWN, host + 3);
    enum pc_code rc = t->rejected && !t->connected ? PC_E_URL_BLOCKED : code_of(cc, t->handle);
    switch (rc) {
    case PC_E_URL_BLOCKED: pc_fail(err, rc, "%s is not public and is not fetched.", who); break;
    case PC_E_FETCH_DNS: pc_fail(err, rc, "%s was not found.", who); break;
    case PC_E_FETCH_CONNECT: pc_fail(err, rc, "%s does not answer.", who); break;
    case PC_E_FETCH_TLS: pc_fail(err, rc, "%s has no valid certificate.", who); break;
    case PC_E_FETCH_TIMEOUT: pc_fail(err, rc, "%s is too slow.", who); break;
    case PC_E_FETCH_TOO_LARGE: (void)pc_fetch_response_fail_too_large(&t->response); break;
    default:
        pc_fail(err, rc,
                cc == CURLE_PARTIAL_FILE
                    ? "The connection ended before the whole image had arrived."
                    : NULL);
    }
    return pc_err_wrap(err, "libcurl %d: %s", (int)cc, curl_easy_strerror(cc));
}

/* Fills *location (gives) when the response is a redirect; otherwise the body has the image. */
static enum pc_code read_outcome(const struct transfer *t, CURLcode cc, char **location)
{
    const struct pc_fetch_response *r = &t->response;
    int status = pc_fetch_response_status(r);
    bool has_image = pc_fetch_response_has_image(r);
    bool redirects =
        !cc && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
    const char *type = NULL, *to = NULL;
    curl_easy_getinfo(t->handle, CURLINFO_CONTENT_TYPE, &type);
    t->info->http_status = status;
    t->info->bytes = r->bytes;
    pc_str_copy(t->info->content_type, sizeof t->info->content_type, type ? type : "");
    if (r->rc)
        return r->rc; /* err is filled */
    if (status && !has_image && !redirects)
        return pc_fetch_response_fail_status(r);
    if (cc)
        return fail_transfer(t, cc, t->err);
    if (has_image)
        return pc_fetch_response_check(r);
    curl_easy_getinfo(t->handle, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return pc_fetch_response_fail_status(r);
    *location = pc_xstrdup(to);
    return PC_OK;
}

/* --- the same request once more --- */

/* How long to wait before the same request, which a server answered with "not yet" or "not now", is
 * sent again; 0: it is not. A 202 says that the image is still being made. */
static int64_t repeat_delay_ms(const struct transfer *t)
{
    int status = pc_fetch_response_status(&t->response);
    curl_off_t asked_s = 0; /* seconds, also of a date */
    curl_easy_getinfo(t->handle, CURLINFO_RETRY_AFTER, &asked_s);
    bool asks = asked_s > 0 && (status == 429 || status == 503);
    if (t->repeats == MAX_REPEATS || (status != 202 && !asks) ||
        asked_s > MAX_REPEAT_DELAY_MS / 1000)
        return 0;
    int64_t delay_ms = asked_s > 0 ? (int64_t)asked_s * 1000 : REPEAT_DELAY_MS;
    return delay_ms < pc_deadline_left_ms(t->deadline) ? delay_ms : 0;
}

/* Prepares the same request for when it is worth another try:
 *
 *     what happened                             the second time
 *     ---------------------------------------   -----------------------------------------
 *     the body is not in the coding that its    the body is taken as it comes: file stores
 *     label says                                hand out whatever label a file was given
 *     HTTP/2 failed                             HTTP/1.1
 *     the server asks to come back later        after that time
 */
static bool prepare_repeat(struct transfer *t, CURLcode cc)
{
    if (t->response.rc)
        return false;
    if (!t->as_sent && t->response.coded && pc_fetch_response_has_image(&t->response) &&
        (cc == CURLE_BAD_CONTENT_ENCODING || cc == CURLE_WRITE_ERROR))
        return t->as_sent = true;
    /* libcurl reports an HTTP/2 session that broke before any response as an empty one */
    bool broken_session = cc == CURLE_GOT_NOTHING && pc_str_starts(t->url, "https:");
    if (!t->http1 && (cc == CURLE_HTTP2 || cc == CURLE_HTTP2_STREAM || broken_session))
        return t->http1 = true;
    int64_t delay_ms = repeat_delay_ms(t);
    if (delay_ms == 0)
        return false;
    t->repeats++;
    /* fetch_hop says when it was cancelled */
    for (int64_t waited_ms = 0; waited_ms < delay_ms && !is_cancelled(t); waited_ms += POLL_MS)
        pc_clock_sleep_ms(POLL_MS);
    return true;
}

/* --- redirects --- */

/* Checks one URL and requests it, several times if need be. *location (gives) is where it redirects
 * to, or NULL. */
static enum pc_code fetch_hop(struct transfer *t, const char *url, char **location)
{
    *location = NULL;
    enum pc_code rc = pc_fetch_normalise_url(url, t->url, sizeof t->url, t->err);
    if (!rc) /* behind a proxy, no socket of ours shows where a request goes */
        rc = pc_fetch_check_url(t->f, t->url, t->err);
    t->as_sent = t->http1 = false;
    for (bool again = true; !rc && again;) {
        if (pc_deadline_expired(t->deadline))
            return pc_fail(t->err, PC_E_FETCH_TIMEOUT, NULL);
        if (is_cancelled(t))
            return pc_fail(t->err, PC_E_CANCELLED, NULL);
        t->connected = t->rejected = false;
        pc_fetch_response_begin(&t->response, t->as_sent);
        CURLcode cc = perform(t);
        again = prepare_repeat(t, cc);
        if (!again)
            rc = read_outcome(t, cc, location);
        curl_easy_reset(t->handle); /* the cookies stay */
    }
    return rc;
}

/* Follows redirects from url on. seen has where each hop led to; NULL ends it. */
static enum pc_code fetch_all(struct transfer *t, const char *url)
{
    int n = 0, max = t->f->cfg.max_redirects;
    char **seen = pc_xzalloc(((size_t)max + 2) * sizeof *seen);
    enum pc_code rc = fetch_hop(t, url, &seen[n]);
    while (!rc && seen[n] && t->info->redirects < max) {
        t->info->redirects++;
        n++;
        rc = fetch_hop(t, seen[n - 1], &seen[n]);
    }
    if (!rc && seen[n]) {
        /* Only a fetch with too many redirects is a loop: a server may send us to the same URL
         * again for the sake of a cookie. */
        bool loop = false;
        for (int i = 0; i < n; i++)
            loop = loop || strcmp(seen[i], seen[n]) == 0;
        rc = loop ? pc_fail(t->err, PC_E_FETCH_REDIRECTS,
                            "The URL redirects in a loop: it leads back to itself or to a URL on "
                            "its way.")
                  : pc_fail(t->err, PC_E_FETCH_REDIRECTS, "The URL redirects more than %d times.",
                            max);
    }
    while (n >= 0)
        free(seen[n--]);
    free(seen);
    return rc;
}

enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, struct pc_buf *body,
                          bool (*cancelled)(void *ctx), void *ctx, struct pc_fetch_info *info,
                          struct pc_err *err)
{
    struct pc_fetch_info own;
    info = info ? info : &own;
    *info = (struct pc_fetch_info){0};
    CURL *handle = pc_curl_acquire(&f->pool);
    struct transfer t = {
        .f = f,
        .handle = handle,
        .deadline = pc_deadline_in(f->cfg.total_ms),
        .cancelled = cancelled,
        .ctx = ctx,
        .info = info,
        .err = err,
        .response = {.handle = handle, .max_bytes = f->cfg.max_bytes, .body = body, .err = err}};
    enum pc_code rc = fetch_all(&t, url);
    if (rc)
        pc_buf_clear(body);
    pc_fetch_response_finish(&t.response);
    pc_curl_release(&f->pool, handle);
    return rc;
}
