/* Single transfers, what their responses mean, and redirects.
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
#include "fetch/document.h"
#include "fetch/url.h"

enum {
    MAX_IDLE = 16,                   /* handles */
    MAX_DISCARDED_BYTES = 256 << 10, /* of headers and error pages */
    STALL_RATE = 200,                /* bytes a second; slower counts as a stall */
    STALL_MS = 10000,
    HOST_SHOWN = 100,
    MAX_REPEATS = 3,             /* of a request whose server asked to come back later */
    MAX_REPEAT_DELAY_MS = 10000, /* a longer wait is left to whoever repeats the whole fetch */
    REPEAT_DELAY_MS = 1000,      /* where the server does not say how long */
    MIN_REPEAT_DELAY_MS = 100,
    POLL_MS = 100 /* how often a wait looks whether the fetch was cancelled */
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
    struct pc_buf *body;
    bool (*cancelled)(void *ctx);
    void *ctx;
    struct pc_fetch_info *info;
    struct pc_err *err;

    /* of the current hop */
    const char *url; /* normalised */
    int repeats;     /* because the server asked for it */
    bool as_sent;    /* the body is taken as it came, whatever Content-Encoding says */
    bool http1;

    /* of the current request */
    enum pc_code rc;          /* what a callback ended the request with; err is filled then */
    bool connected, rejected; /* an address passed the check; one did not */
    bool coded;               /* the headers name a coding */
    int layers;               /* of compression */
    bool whole_range;         /* Content-Range says that a 206 has everything */
    int64_t discarded_bytes;
    struct pc_buf document; /* the beginning of a body that is no image */
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

/* The value of a header line if its name is that one, else NULL. Ends line at its end. */
static char *header_value(char *line, const char *name)
{
    size_t len = strlen(name);
    if (strncasecmp(line, name, len) != 0 || line[len] != ':')
        return NULL;
    return pc_str_trim(line + len + 1);
}

/* Counts the layers of compression in "gzip, br". */
static int count_layers(char *codings)
{
    static const char *const names[] = {"gzip", "x-gzip", "deflate", "br", "zstd"};
    int n = 0;
    for (char *coding; (coding = strsep(&codings, ",")) != NULL;)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            n += strcasecmp(pc_str_trim(coding), names[i]) == 0;
    return n;
}

/* "bytes 0-99/100" */
static bool is_whole_range(const char *range)
{
    static const char head[] = "bytes 0-";
    char *end;
    if (!pc_str_starts(range, head))
        return false;
    long long last = strtoll(range + sizeof head - 1, &end, 10);
    return *end == '/' && last >= 0 && strtoll(end + 1, NULL, 10) == last + 1;
}

/* A body of one layer is unpacked piece by piece, and its bytes are counted. Within several layers
 * a few bytes become gigabytes between two looks at the clock, and no image needs them. */
static void read_header(struct transfer *t, char *line)
{
    char *codings = header_value(line, "Content-Encoding");
    codings = codings ? codings : header_value(line, "Transfer-Encoding");
    char *range = codings ? NULL : header_value(line, "Content-Range");
    if (strncasecmp(line, "HTTP/", 5) == 0) /* a response begins; one with 1xx may precede it */
        t->coded = false, t->layers = 0;
    t->coded = t->coded || codings;
    if (codings && !t->as_sent)
        t->layers += count_layers(codings);
    if (range)
        t->whole_range = is_whole_range(range);
    if (t->layers > 1)
        t->rc = pc_fail(t->err, PC_E_FETCH_TOO_LARGE,
                        "The server of this URL compressed the image %d times over; at most once "
                        "is accepted.",
                        t->layers);
}

static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    char *line = pc_xstrndup(data, size * n);
    read_header(t, line);
    free(line);
    return t->rc ? 0 : discard(t, size * n);
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

/* 203 is a 200 that a proxy changed. A server that answers with a part without being asked has
 * sent everything if the part is the whole. */
static bool has_image(const struct transfer *t, int status)
{
    return status == 200 || status == 203 || (status == 206 && t->whole_range);
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    size_t len = size * n;
    if (!has_image(t, status_of(t))) {
        if (t->document.len < PC_FETCH_DOCUMENT_MAX)
            pc_buf_append(&t->document, data, len);
        return discard(t, len);
    }
    t->info->bytes += (int64_t)len;
    if (t->info->bytes > t->f->cfg.max_bytes)
        t->rc = fail_too_large(t);
    else
        pc_buf_append(t->body, data, len);
    return t->rc ? 0 : len;
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
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_COOKIEFILE, ""); /* in memory only */
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 2L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)cfg->max_bytes);
    return cc ? cc : curl_easy_perform(h);
}

/* --- what a response means --- */

/* Fills err for a status that brings no image, with the reason that the body names, if any. */
static enum pc_code fail_status(const struct transfer *t, int status)
{
    const char *text = pc_buf_text(&t->document);
    bool later = status >= 500 || status == 429 || status == 408 || status == 202;
    enum pc_code rc = later ? PC_E_FETCH_UNAVAILABLE : PC_E_FETCH_STATUS;
    char code[64];
    bool named = pc_fetch_document_kind(text, t->document.len) != PC_FETCH_WEB_PAGE &&
                 pc_fetch_document_code(text, t->document.len, code, sizeof code);
    const char *more = status == 202   ? "; it is not ready yet"
                       : status == 206 ? ", which is a part of the image only"
                       : status == 401 ? ": a log-in is needed"
                       : status >= 400 && !later && pc_fetch_document_expired(text, t->document.len)
                           ? ": the link has expired"
                           : "";
    return pc_fail(t->err, rc, "The server of this URL answered with status %d%s%s%s%s.", status,
                   named ? " (" : "", named ? code : "", named ? ")" : "", more);
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
    default:
        pc_fail(err, rc,
                cc == CURLE_PARTIAL_FILE
                    ? "The connection ended before the whole image had arrived."
                    : NULL);
    }
    return pc_err_wrap(err, "libcurl %d: %s", (int)cc, curl_easy_strerror(cc));
}

/* A body that is a document instead of an image, whatever its Content-Type says. */
static enum pc_code check_body(const struct transfer *t)
{
    const char *text = pc_buf_text(t->body);
    size_t len = t->body->len;
    char code[64];
    if (len == 0)
        return pc_fail(t->err, PC_E_FETCH_EMPTY, NULL);
    if (t->as_sent && pc_str_starts(text, "\x1f\x8b")) /* gzip after all */
        return pc_fail(
            t->err, PC_E_FETCH_STATUS,
            "The server of this URL compressed the image in a form that cannot be read.");
    enum pc_fetch_document kind = pc_fetch_document_kind(text, len);
    if (kind == PC_FETCH_NO_DOCUMENT)
        return PC_OK;
    if (kind == PC_FETCH_WEB_PAGE)
        return pc_fail(t->err, PC_E_FETCH_WEB_PAGE,
                       "The server of this URL answered with a web page: is a log-in needed?");
    bool named = pc_fetch_document_code(text, len, code, sizeof code);
    return pc_fail(t->err, PC_E_FETCH_STATUS,
                   "The server of this URL answered with %s instead of an image%s%s.",
                   kind == PC_FETCH_XML ? "an XML document" : "JSON", named ? ": " : "",
                   named ? code : "");
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Fills *location (gives) when the response is a redirect; otherwise the body has the image. */
static enum pc_code read_outcome(const struct transfer *t, CURLcode cc, char **location)
{
    int status = status_of(t);
    const char *type = NULL, *to = NULL;
    curl_easy_getinfo(t->handle, CURLINFO_CONTENT_TYPE, &type);
    t->info->http_status = status;
    pc_str_copy(t->info->content_type, sizeof t->info->content_type, type ? type : "");
    if (t->rc)
        return t->rc; /* err is filled */
    if (status && !has_image(t, status) && !(is_redirect(status) && !cc))
        return fail_status(t, status);
    if (cc)
        return fail_transfer(t, cc, t->err);
    if (has_image(t, status))
        return check_body(t);
    curl_easy_getinfo(t->handle, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return fail_status(t, status);
    *location = pc_xstrdup(to);
    return PC_OK;
}

/* --- the same request once more --- */

/* How long to wait before the same request, which a server answered with "not yet" or "not now", is
 * sent again; 0: it is not. A 202 says that the image is still being made. */
static int64_t repeat_delay_ms(const struct transfer *t)
{
    int status = status_of(t);
    curl_off_t asked_s = 0; /* seconds, also of a date */
    curl_easy_getinfo(t->handle, CURLINFO_RETRY_AFTER, &asked_s);
    bool asks = asked_s > 0 && (status == 429 || status == 503);
    if (t->rc || t->repeats == MAX_REPEATS || (status != 202 && !asks))
        return 0;
    int64_t delay_ms = asked_s > MAX_REPEAT_DELAY_MS / 1000 ? MAX_REPEAT_DELAY_MS + 1
                       : asked_s > 0                        ? (int64_t)asked_s * 1000
                                                            : REPEAT_DELAY_MS;
    bool in_time = delay_ms <= MAX_REPEAT_DELAY_MS && delay_ms < pc_deadline_left_ms(t->deadline);
    return in_time ? delay_ms : 0;
}

/* Prepares the same request for when it is worth another try:
 *
 *     what happened                             the second time
 *     ---------------------------------------   -----------------------------------------
 *     the server asks to come back later        after that time
 *     the body is not in the coding that its    the body is taken as it comes: file stores
 *     label says                                hand out whatever label a file was given
 *     HTTP/2 failed                             HTTP/1.1
 */
static bool prepare_repeat(struct transfer *t, CURLcode cc)
{
    int64_t delay_ms = repeat_delay_ms(t);
    bool mislabelled = !t->rc && !t->as_sent && t->coded && has_image(t, status_of(t)) &&
                       (cc == CURLE_BAD_CONTENT_ENCODING || cc == CURLE_WRITE_ERROR);
    bool http2_failed = !t->rc && !t->http1 && (cc == CURLE_HTTP2 || cc == CURLE_HTTP2_STREAM);
    if (mislabelled)
        t->as_sent = true;
    else if (http2_failed)
        t->http1 = true;
    else if (delay_ms == 0)
        return false;
    else
        t->repeats++;
    for (int64_t waited_ms = 0; !mislabelled && !http2_failed && waited_ms < delay_ms;
         waited_ms += POLL_MS) {
        if (t->cancelled && t->cancelled(t->ctx))
            break; /* send_request says so */
        pc_clock_sleep_ms(POLL_MS);
    }
    return true;
}

static enum pc_code check_may_go_on(const struct transfer *t)
{
    if (pc_deadline_expired(t->deadline))
        return pc_fail(t->err, PC_E_FETCH_TIMEOUT, NULL);
    if (t->cancelled && t->cancelled(t->ctx))
        return pc_fail(t->err, PC_E_CANCELLED, NULL);
    return PC_OK;
}

/* Requests t->url, several times if need be. *location (gives) as read_outcome. */
static enum pc_code request_url(struct transfer *t, char **location)
{
    t->as_sent = t->http1 = false;
    for (;;) {
        enum pc_code rc = check_may_go_on(t);
        if (rc)
            return rc;
        t->connected = t->rejected = t->coded = t->whole_range = false;
        t->layers = 0;
        t->discarded_bytes = t->info->bytes = 0;
        pc_buf_clear(&t->document);
        pc_buf_clear(t->body);
        CURLcode cc = perform(t);
        bool again = prepare_repeat(t, cc);
        if (!again)
            rc = read_outcome(t, cc, location);
        curl_easy_reset(t->handle); /* the cookies stay */
        if (!again)
            return rc;
    }
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
    t->url = normal;
    if (!rc)
        rc = request_url(t, location);
    t->url = NULL;
    return rc;
}

/* Only a fetch with too many redirects is a loop: a server may send us to the same URL again for
 * the sake of a cookie. */
static enum pc_code fail_redirects(const struct transfer *t, char **seen, int n)
{
    for (int i = 0; i < n - 1; i++)
        if (strcmp(seen[i], seen[n - 1]) == 0)
            return pc_fail(t->err, PC_E_FETCH_REDIRECTS,
                           "The URL redirects in a loop: it leads back to itself or to a URL on "
                           "its way.");
    return pc_fail(t->err, PC_E_FETCH_REDIRECTS, "The URL redirects more than %d times.",
                   t->f->cfg.max_redirects);
}

/* Follows redirects from url on. seen has where each hop led to; NULL ends it. */
static enum pc_code fetch_all(struct transfer *t, const char *url)
{
    int n = 0, max = t->f->cfg.max_redirects;
    char **seen = pc_xzalloc(((size_t)max + 2) * sizeof *seen);
    enum pc_code rc = fetch_hop(t, url, &seen[n]);
    while (!rc && seen[n]) {
        n++;
        if (t->info->redirects == max) {
            rc = fail_redirects(t, seen, n);
            break;
        }
        t->info->redirects++;
        rc = fetch_hop(t, seen[n - 1], &seen[n]);
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
    struct transfer t = {.f = f,
                         .handle = pc_curl_acquire(&f->pool),
                         .deadline = pc_deadline_in(f->cfg.total_ms),
                         .body = body,
                         .cancelled = cancelled,
                         .ctx = ctx,
                         .info = info,
                         .err = err};
    enum pc_code rc = fetch_all(&t, url);
    if (rc)
        pc_buf_clear(body);
    pc_buf_finish(&t.document);
    pc_curl_release(&f->pool, t.handle);
    return rc;
}
