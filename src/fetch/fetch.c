/* Redirects and single transfers, in that order from the bottom up.
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
#include "fetch/url.h"

enum {
    MAX_IDLE = 16,                   /* handles */
    MAX_DISCARDED_BYTES = 256 << 10, /* of headers and error pages */
    STALL_RATE = 200,                /* bytes a second; slower counts as a stall */
    STALL_MS = 10000,
    HOST_SHOWN = 100
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
    pc_fetch_sink sink;
    void *ctx;
    bool (*cancelled)(void *ctx);
    struct pc_fetch_info *info;
    struct pc_err *err;

    /* of the current hop */
    const char *url;          /* normalised */
    enum pc_code rc;          /* what a callback ended the hop with; err is filled then */
    bool connected, rejected; /* an address passed the check; one did not */
    int64_t discarded_bytes;
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

static int on_progress(void *ctx, curl_off_t dl_total, curl_off_t dl_now, curl_off_t ul_total,
                       curl_off_t ul_now)
{
    struct transfer *t = ctx;
    (void)dl_total, (void)dl_now, (void)ul_total, (void)ul_now;
    if (!t->cancelled || !t->cancelled(t->ctx))
        return 0;
    t->rc = pc_fail(t->err, PC_E_CANCELLED, NULL);
    return 1;
}

static size_t discard(struct transfer *t, size_t len)
{
    t->discarded_bytes += (int64_t)len;
    return t->discarded_bytes > MAX_DISCARDED_BYTES ? 0 : len;
}

/* The type of data is libcurl's. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    (void)data;
    return discard(ctx, size * n);
}

static enum pc_code fail_too_large(const struct transfer *t)
{
    return pc_fail(t->err, PC_E_FETCH_TOO_LARGE,
                   "The image at this URL is larger than the limit of %lld bytes.",
                   (long long)t->f->cfg.max_bytes);
}

static int status_of(const struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    size_t len = size * n;
    if (status_of(t) != 200)
        return discard(t, len);
    t->info->bytes += (int64_t)len;
    t->rc = t->info->bytes > t->f->cfg.max_bytes ? fail_too_large(t)
                                                 : t->sink(t->ctx, data, len, t->err);
    return t->rc ? 0 : len;
}

static CURLcode perform(struct transfer *t)
{
    const struct pc_fetch_config *cfg = &t->f->cfg;
    CURL *h = t->handle;
    int64_t remaining_ms = pc_deadline_left_ms(t->deadline);
    struct curl_slist *headers = NULL;
    pc_curl_add_header(&headers, "Accept-Encoding: identity");
    const struct pc_curl_options options = {
        .url = t->url,
        .proxy = cfg->proxy, /* "" keeps libcurl from asking the environment, as no_proxy does */
        .no_proxy = "",
        .headers = headers,
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
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 2L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)cfg->max_bytes);
    cc = cc ? cc : curl_easy_perform(h);
    curl_slist_free_all(headers);
    return cc;
}

static enum pc_code fail_status(int status, struct pc_err *err)
{
    bool later = status >= 500 || status == 429 || status == 408;
    return pc_fail(err, later ? PC_E_FETCH_UNAVAILABLE : PC_E_FETCH_STATUS,
                   "The server of this URL answered with status %d.", status);
}

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
    case PC_E_FETCH_TOO_LARGE: (void)fail_too_large(t); break;
    default: pc_fail(err, rc, NULL); break;
    }
    return pc_err_wrap(err, "libcurl %d: %s", (int)cc, curl_easy_strerror(cc));
}

/* Fills *location (gives) when the response is a redirect; otherwise the body went to the sink. */
static enum pc_code read_outcome(const struct transfer *t, CURLcode cc, char **location)
{
    int status = status_of(t);
    bool redirects =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    const char *type = NULL, *to = NULL;
    curl_easy_getinfo(t->handle, CURLINFO_CONTENT_TYPE, &type);
    t->info->http_status = status;
    pc_str_copy(t->info->content_type, sizeof t->info->content_type, type ? type : "");
    if (t->rc)
        return t->rc; /* err is filled */
    if (status && status != 200 && !(redirects && !cc))
        return fail_status(status, t->err);
    if (cc)
        return fail_transfer(t, cc, t->err);
    if (status == 200)
        return t->info->bytes ? PC_OK : pc_fail(t->err, PC_E_FETCH_EMPTY, NULL);
    curl_easy_getinfo(t->handle, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return fail_status(status, t->err);
    *location = pc_xstrdup(to);
    return PC_OK;
}

/* --- redirects --- */

/* Checks one URL and requests it. *location (gives) is where it redirects to, or NULL. */
static enum pc_code fetch_hop(struct transfer *t, const char *url, char **location)
{
    char normal[PC_FETCH_URL_MAX + 1];
    *location = NULL;
    enum pc_code rc = pc_fetch_normalise_url(url, normal, sizeof normal, t->err);
    if (!rc) /* behind a proxy, no socket of ours shows where a request goes */
        rc = pc_fetch_check_url(t->f, normal, t->err);
    if (!rc && pc_deadline_expired(t->deadline))
        rc = pc_fail(t->err, PC_E_FETCH_TIMEOUT, NULL);
    if (!rc && t->cancelled && t->cancelled(t->ctx))
        rc = pc_fail(t->err, PC_E_CANCELLED, NULL);
    if (rc)
        return rc;
    t->url = normal;
    t->connected = t->rejected = false;
    t->discarded_bytes = 0;
    rc = read_outcome(t, perform(t), location);
    curl_easy_reset(t->handle);
    return rc;
}

enum pc_code pc_fetch_get(struct pc_fetch *f, const char *url, pc_fetch_sink sink, void *ctx,
                          bool (*cancelled)(void *ctx), struct pc_fetch_info *info,
                          struct pc_err *err)
{
    struct pc_fetch_info own;
    info = info ? info : &own;
    *info = (struct pc_fetch_info){0};
    struct transfer t = {.f = f,
                         .handle = pc_curl_acquire(&f->pool),
                         .deadline = pc_deadline_in(f->cfg.total_ms),
                         .sink = sink,
                         .ctx = ctx,
                         .cancelled = cancelled,
                         .info = info,
                         .err = err};
    char *next;
    enum pc_code rc = fetch_hop(&t, url, &next);
    while (!rc && next) {
        char *current = next;
        next = NULL;
        if (info->redirects == f->cfg.max_redirects) {
            rc = pc_fail(err, PC_E_FETCH_REDIRECTS, "The URL redirects more than %d times.",
                         f->cfg.max_redirects);
        } else {
            info->redirects++;
            rc = fetch_hop(&t, current, &next);
        }
        free(current);
    }
    pc_curl_release(&f->pool, t.handle);
    return rc;
}
