#include "fetch/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum {
    MAX_DISCARDED_BYTES = 256 << 10, /* headers, error pages */
    STALL_RATE = 200,                /* bytes a second that count as standing still */
    STALL_MS = 10000,
    HOST_SHOWN = 100
};

/* The judge. Called by libcurl for each address that it is about to connect to. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct pc_transfer *t = ctx;
    bool proxied = t->cfg->proxy && *t->cfg->proxy; /* then it is the operator's own address */
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (!proxied && !pc_address_allowed(&a->addr, a->addrlen, t->allow))) {
        t->rejected = true;
        return CURL_SOCKET_BAD;
    }
    t->opened = true;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int on_progress(void *ctx, curl_off_t dl_total, curl_off_t dl_now, curl_off_t ul_total,
                       curl_off_t ul_now)
{
    struct pc_transfer *t = ctx;
    (void)dl_total, (void)dl_now, (void)ul_total, (void)ul_now;
    if (!t->cancelled || !t->cancelled(t->ctx))
        return 0;
    t->rc = pc_fail(t->err, PC_E_CANCELLED, NULL);
    return 1;
}

static size_t discard(struct pc_transfer *t, size_t len)
{
    t->discarded_bytes += (int64_t)len;
    return t->discarded_bytes > MAX_DISCARDED_BYTES ? 0 : len;
}

/* libcurl settles the type of data. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    (void)data;
    return discard(ctx, size * n);
}

static enum pc_code fail_too_large(const struct pc_transfer *t, struct pc_err *err)
{
    return pc_fail(err, PC_E_FETCH_TOO_LARGE,
                   "The picture at this address is larger than the limit of %lld bytes.",
                   (long long)t->cfg->max_bytes);
}

struct body {
    struct pc_transfer *t;
    CURL *handle;
};

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct body *body = ctx;
    struct pc_transfer *t = body->t;
    size_t len = size * n;
    long status = 0;
    curl_easy_getinfo(body->handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return discard(t, len);
    t->info->bytes += (int64_t)len;
    t->rc = t->info->bytes > t->cfg->max_bytes ? fail_too_large(t, t->err)
                                               : t->sink(t->ctx, data, len, t->err);
    return t->rc ? 0 : len;
}

static CURLcode set_numbers(CURL *h, const struct pc_transfer *t)
{
    int64_t left_ms = pc_deadline_left_ms(t->deadline);
    int64_t stall_ms = t->cfg->stall_ms > 0 ? t->cfg->stall_ms : STALL_MS;
    if (left_ms > 1 << 30)
        left_ms = 0; /* no limit */
    const struct {
        CURLoption option;
        long value;
    } rows[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NOPROGRESS, 0},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_AUTOREFERER, 0},
        {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP09_ALLOWED, 0},
        {CURLOPT_HTTP_CONTENT_DECODING, 0},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_MAXCONNECTS, 2},
        {CURLOPT_MAXAGE_CONN, 30},
        {CURLOPT_TIMEOUT_MS, (long)left_ms},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)t->cfg->connect_ms},
        {CURLOPT_LOW_SPEED_LIMIT, STALL_RATE},
        {CURLOPT_LOW_SPEED_TIME, (long)((stall_ms + 999) / 1000)},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        cc = curl_easy_setopt(h, rows[i].option, rows[i].value);
    return cc;
}

/* An empty proxy and an empty exception list keep libcurl from asking the environment. */
static CURLcode set_texts(CURL *h, const struct pc_transfer *t)
{
    const struct {
        CURLoption option;
        const char *value;
    } rows[] = {
        {CURLOPT_URL, t->url},
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_REDIR_PROTOCOLS_STR, "http,https"},
        {CURLOPT_PROXY, t->cfg->proxy ? t->cfg->proxy : ""},
        {CURLOPT_NOPROXY, ""},
        {CURLOPT_USERAGENT, "PoseCraft/" PC_VERSION},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        cc = curl_easy_setopt(h, rows[i].option, rows[i].value);
    return cc;
}

static CURLcode set_callbacks(CURL *h, struct pc_transfer *t, struct body *body)
{
    CURLcode cc = curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_XFERINFODATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEDATA, body);
}

static void read_info(const struct pc_transfer *t, CURL *h)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
    t->info->http_status = (int)status;
    pc_str_copy(t->info->content_type, sizeof t->info->content_type, type ? type : "");
}

/* "The host example.com", or what stands for it after a redirect: where a foreign server leads is
 * not for the user who asked to see. */
static void name_host(const struct pc_transfer *t, char out[HOST_SHOWN + 32])
{
    const char *host = strstr(t->url, "://");
    int len = host ? (int)strcspn(host + 3, "/?#") : 0;
    if (t->redirected || len == 0)
        snprintf(out, HOST_SHOWN + 32, "The host that it redirects to");
    else
        snprintf(out, HOST_SHOWN + 32, "The host %.*s", len < HOST_SHOWN ? len : HOST_SHOWN,
                 host + 3);
}

static enum pc_code fail_status(int status, struct pc_err *err)
{
    bool later = status >= 500 || status == 429 || status == 408;
    return pc_fail(err, later ? PC_E_FETCH_UNAVAILABLE : PC_E_FETCH_STATUS,
                   "The address answered with status %d.", status);
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

static enum pc_code fail_transfer(const struct pc_transfer *t, CURLcode cc, CURL *h,
                                  struct pc_err *err)
{
    char who[HOST_SHOWN + 32];
    enum pc_code rc = t->rejected && !t->opened ? PC_E_URL_BLOCKED : code_of(cc, h);
    name_host(t, who);
    switch (rc) {
    case PC_E_URL_BLOCKED: pc_fail(err, rc, "%s is not public and is not fetched.", who); break;
    case PC_E_FETCH_DNS: pc_fail(err, rc, "%s was not found.", who); break;
    case PC_E_FETCH_CONNECT: pc_fail(err, rc, "%s does not answer.", who); break;
    case PC_E_FETCH_TLS: pc_fail(err, rc, "%s has no valid certificate.", who); break;
    case PC_E_FETCH_TIMEOUT: pc_fail(err, rc, "%s is too slow.", who); break;
    case PC_E_FETCH_TOO_LARGE: (void)fail_too_large(t, err); break;
    default: pc_fail(err, rc, NULL); break;
    }
    return pc_err_wrap(err, "libcurl %d: %s", (int)cc, curl_easy_strerror(cc));
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum pc_code check_response(const struct pc_transfer *t, CURLcode cc, CURL *h,
                                   char **location, struct pc_err *err)
{
    const char *to = NULL;
    int status = t->info->http_status;
    if (t->rc)
        return t->rc; /* err is filled */
    if (status && status != 200 && !(is_redirect(status) && !cc))
        return fail_status(status, err);
    if (cc)
        return fail_transfer(t, cc, h, err);
    if (status == 200)
        return t->info->bytes ? PC_OK : pc_fail(err, PC_E_FETCH_EMPTY, NULL);
    curl_easy_getinfo(h, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return fail_status(status, err);
    *location = pc_xstrdup(to);
    return PC_OK;
}

enum pc_code pc_transfer_run(struct pc_transfer *t, CURL *handle, char **location,
                             struct pc_err *err)
{
    struct body body = {t, handle};
    struct curl_slist *headers = curl_slist_append(NULL, "Accept-Encoding: identity");
    *location = NULL;
    t->err = err;
    CURLcode cc =
        headers ? curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) : CURLE_OUT_OF_MEMORY;
    cc = cc ? cc : set_numbers(handle, t);
    cc = cc ? cc : set_texts(handle, t);
    cc = cc ? cc : set_callbacks(handle, t, &body);
    cc = cc ? cc
            : curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->cfg->max_bytes);
    cc = cc ? cc : curl_easy_perform(handle);
    read_info(t, handle);
    enum pc_code rc = check_response(t, cc, handle, location, err);
    curl_easy_reset(handle);
    curl_slist_free_all(headers);
    return rc;
}
