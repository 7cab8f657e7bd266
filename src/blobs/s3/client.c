#include "blobs/s3/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/s3/provider_http.h"
#include "blobs/s3/xml.h"

enum {
    MAX_ATTEMPTS = 5,
    TOTAL_TIMEOUTS = 3, /* no try begins later than so many time-outs after the first */
    FIRST_WAIT_MS = 100,
    MAX_WAIT_MS = 2000,
    MAX_CONNECT_MS = 5000,
    STALL_RATE = 1,           /* bytes a second */
    SLOWEST_BYTES_MS = 16,    /* a transfer may take a millisecond for so many bytes */
    MAX_DOCUMENT = 8 << 20,   /* lists of 1,000 keys have about half a megabyte */
    OWN_HEADERS = 4,          /* host, x-amz-content-sha256, x-amz-date, x-amz-security-token */
    MAX_IDLE = 64,            /* handles kept, each with its connection */
    UPLOAD_BUFFER = 256 << 10 /* libcurl's own is 64 KiB */
};
static const char empty_sha256[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct pc_s3_client {
    const struct pc_s3_url *url;
    struct pc_s3_credentials_cache *cache;
    pthread_mutex_t mutex; /* guards idle, n_idle */
    CURL *idle[MAX_IDLE];
    int n_idle;
};

enum pc_code pc_s3_client_create(const struct pc_s3_url *url, struct pc_s3_credentials_cache *cache,
                                 struct pc_s3_client **out, struct pc_err *err)
{
    enum pc_code rc = pc_s3_http_init(err);
    if (rc)
        return rc;
    struct pc_s3_client *c = pc_xzalloc(sizeof *c);
    c->url = url;
    c->cache = cache;
    pthread_mutex_init(&c->mutex, NULL);
    *out = c;
    return PC_OK;
}

void pc_s3_client_destroy(struct pc_s3_client *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->n_idle; i++)
        curl_easy_cleanup(c->idle[i]);
    pthread_mutex_destroy(&c->mutex);
    free(c);
}

static CURL *acquire_handle(struct pc_s3_client *c)
{
    pthread_mutex_lock(&c->mutex);
    CURL *h = c->n_idle > 0 ? c->idle[--c->n_idle] : NULL;
    pthread_mutex_unlock(&c->mutex);
    return h ? h : curl_easy_init();
}

static void release_handle(struct pc_s3_client *c, CURL *h)
{
    curl_easy_reset(h); /* keeps the connection */
    pthread_mutex_lock(&c->mutex);
    bool kept = c->n_idle < MAX_IDLE;
    if (kept)
        c->idle[c->n_idle++] = h;
    pthread_mutex_unlock(&c->mutex);
    if (!kept)
        curl_easy_cleanup(h);
}

/* One try */

struct attempt {
    const struct pc_s3_url *url;
    const struct pc_s3_request *request;
    const struct pc_s3_credentials *credentials;
    struct pc_s3_response *response;
    CURL *handle;
    int64_t sent;
    char *path; /* not encoded */
    struct pc_buf request_url;
    struct curl_slist *headers;
    char curl_text[CURL_ERROR_SIZE];
};

static size_t on_send(char *data, size_t size, size_t n, void *ctx)
{
    struct attempt *t = ctx;
    const struct pc_s3_request *request = t->request;
    int64_t left = request->len - t->sent;
    size_t len = size * n;
    if ((int64_t)len > left)
        len = (size_t)left;
    if (request->data) {
        memcpy(data, request->data + t->sent, len);
    } else {
        ssize_t got;
        do {
            got = pread(request->fd, data, len, request->offset + t->sent);
        } while (got < 0 && errno == EINTR);
        if (got < 0 || (got == 0 && len > 0))
            return CURL_READFUNC_ABORT;
        len = (size_t)got;
    }
    t->sent += (int64_t)len;
    return len;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct attempt *t = ctx;
    if (origin != SEEK_SET || offset < 0 || offset > t->request->len)
        return CURL_SEEKFUNC_FAIL;
    t->sent = offset;
    return CURL_SEEKFUNC_OK;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct attempt *t = ctx;
    struct pc_s3_response *response = t->response;
    size_t len = size * n;
    long status = 0;
    curl_easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
    if (t->request->into && status / 100 == 2) {
        if (len > t->request->into_size - response->got)
            return 0; /* it sends more than was asked for */
        memcpy(t->request->into + response->got, data, len);
        response->got += len;
        return len;
    }
    if (response->body.len + len > MAX_DOCUMENT)
        return 0;
    pc_buf_append(&response->body, data, len);
    return len;
}

static void copy_trimmed(char *out, size_t cap, const char *value, size_t len)
{
    size_t n = len < cap ? len : cap - 1;
    memcpy(out, value, n);
    out[n] = 0;
    while (n > 0 && (out[n - 1] == '\r' || out[n - 1] == '\n' || out[n - 1] == ' '))
        out[--n] = 0;
}

/* libcurl settles the type of data. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct attempt *t = ctx;
    size_t len = size * n;
    char line[512];
    copy_trimmed(line, sizeof line, data, len);
    char *value = strchr(line, ':');
    if (!value)
        return len;
    *value++ = 0;
    value += strspn(value, " ");
    if (strcasecmp(line, "etag") == 0) {
        (void)pc_str_copy(t->response->etag, sizeof t->response->etag, value);
    } else if (strcasecmp(line, "x-amz-meta-sha256") == 0) {
        (void)pc_str_copy(t->response->sha256, sizeof t->response->sha256, value);
    } else if (strcasecmp(line, "x-amz-bucket-region") == 0) {
        (void)pc_str_copy(t->response->region, sizeof t->response->region, value);
    } else if (strcasecmp(line, "content-range") == 0 && (value = strrchr(value, '/'))) {
        if (!pc_str_to_i64(value + 1, 0, INT64_MAX, &t->response->total))
            t->response->total = -1;
    }
    return len;
}

static size_t count_pairs(const struct pc_s3_pair *pairs, size_t max)
{
    size_t n = 0;
    while (n < max && pairs[n].name)
        n++;
    return n;
}

static void add_header(struct attempt *t, const char *name, const char *value)
{
    char *line = pc_xasprintf("%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(t->headers, line);
    if (!more)
        abort(); /* out of memory, as pc_xzalloc */
    t->headers = more;
    free(line);
}

/* The headers to sign, and with them Authorization. libcurl's own "Expect: 100-continue" would cost
 * a round trip, or a second where a server does not know it; Content-Type says what we mean. */
static void sign_attempt(struct attempt *t)
{
    const struct pc_s3_url *a = t->url;
    const struct pc_s3_request *request = t->request;
    struct pc_s3_pair headers[PC_S3_REQUEST_HEADERS + OWN_HEADERS];
    char date[PC_S3_AMZ_DATE];
    struct pc_buf authorization = PC_BUF_INIT;
    int64_t now_s = pc_clock_wall_ms() / 1000;
    size_t n = count_pairs(request->headers, PC_S3_REQUEST_HEADERS);
    memcpy(headers, request->headers, n * sizeof *headers);
    pc_s3_amz_date(now_s, date);
    const char *payload = request->payload ? request->payload : empty_sha256;
    headers[n++] = (struct pc_s3_pair){"host", a->host};
    headers[n++] = (struct pc_s3_pair){"x-amz-content-sha256", payload};
    headers[n++] = (struct pc_s3_pair){"x-amz-date", date};
    if (*t->credentials->session)
        headers[n++] = (struct pc_s3_pair){"x-amz-security-token", t->credentials->session};
    struct pc_s3_signer who = {t->credentials->key_id, t->credentials->secret, a->region, "s3",
                               t->credentials->session};
    struct pc_s3_sign_request call = {.method = request->method,
                                      .path = t->path,
                                      .query = request->query,
                                      .n_query = count_pairs(request->query, PC_S3_REQUEST_QUERY),
                                      .headers = headers,
                                      .n_headers = n,
                                      .payload = payload,
                                      .at_s = now_s};
    pc_s3_sign_header(&who, &call, &authorization);
    for (size_t i = 0; i < n; i++)
        add_header(t, headers[i].name, headers[i].value);
    add_header(t, "Authorization", pc_buf_text(&authorization));
    struct curl_slist *no_expect = curl_slist_append(t->headers, "Expect:");
    t->headers = no_expect ? no_expect : t->headers;
    pc_buf_finish(&authorization);
}

static void build_url(struct attempt *t)
{
    size_t n = count_pairs(t->request->query, PC_S3_REQUEST_QUERY);
    pc_buf_puts(&t->request_url, t->url->origin);
    pc_percent_encode(&t->request_url, t->path, "/");
    if (n > 0) {
        pc_buf_putc(&t->request_url, '?');
        pc_s3_canonical_query(&t->request_url, t->request->query, n);
    }
}

static CURLcode set_numbers(struct attempt *t)
{
    const struct pc_s3_request *request = t->request;
    int64_t stall_ms = t->url->timeout_ms;
    int64_t bytes =
        request->len > (int64_t)request->into_size ? request->len : (int64_t)request->into_size;
    const struct {
        CURLoption option;
        int64_t value;
    } rows[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_PATH_AS_IS, 1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_TCP_KEEPALIVE, 1},
        {CURLOPT_MAXCONNECTS, 1},
        {CURLOPT_MAXAGE_CONN, 30},
        {CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER},
        {CURLOPT_CONNECTTIMEOUT_MS, stall_ms < MAX_CONNECT_MS ? stall_ms : MAX_CONNECT_MS},
        {CURLOPT_TIMEOUT_MS, TOTAL_TIMEOUTS * stall_ms + bytes / SLOWEST_BYTES_MS},
        {CURLOPT_LOW_SPEED_LIMIT, STALL_RATE},
        {CURLOPT_LOW_SPEED_TIME, (stall_ms + 999) / 1000},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        cc = curl_easy_setopt(t->handle, rows[i].option, (long)rows[i].value);
    return cc;
}

static CURLcode set_texts(struct attempt *t)
{
    const struct pc_s3_url *a = t->url;
    const struct {
        CURLoption option;
        const char *value;
    } rows[] = {
        {CURLOPT_URL, pc_buf_text(&t->request_url)},
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_USERAGENT, "PoseCraft/" PC_VERSION},
        {CURLOPT_PROXY, a->proxy},
        {CURLOPT_CAINFO, a->ca},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value)
            cc = curl_easy_setopt(t->handle, rows[i].option, rows[i].value);
    return cc;
}

static CURLcode set_method(struct attempt *t)
{
    CURL *h = t->handle;
    const struct pc_s3_request *request = t->request;
    if (pc_str_eq(request->method, "HEAD"))
        return curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    if (pc_str_eq(request->method, "GET"))
        return CURLE_OK;
    CURLcode cc = curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, request->method);
    if (cc || pc_str_eq(request->method, "DELETE"))
        return cc;
    cc = curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->len);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_READFUNCTION, on_send);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_READDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, on_seek);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_SEEKDATA, t);
}

static CURLcode set_callbacks(struct attempt *t)
{
    CURL *h = t->handle;
    CURLcode cc = curl_easy_setopt(h, CURLOPT_HTTPHEADER, t->headers);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_ERRORBUFFER, t->curl_text);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEDATA, t);
}

static CURLcode perform(struct attempt *t)
{
    CURLcode cc = set_numbers(t);
    cc = cc ? cc : set_texts(t);
    cc = cc ? cc : set_method(t);
    cc = cc ? cc : set_callbacks(t);
    return cc ? cc : curl_easy_perform(t->handle);
}

static void on_error_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct pc_s3_response *response = ctx;
    (void)parent;
    if (pc_str_eq(name, "Code"))
        (void)pc_str_copy(response->code, sizeof response->code, text);
    else if (pc_str_eq(name, "Region"))
        (void)pc_str_copy(response->region, sizeof response->region, text);
}

static void reset_response(struct pc_s3_response *response)
{
    pc_buf_clear(&response->body);
    response->status = 0;
    response->got = 0;
    response->total = -1;
    response->etag[0] = response->sha256[0] = response->code[0] = response->region[0] = 0;
}

static CURLcode attempt_once(struct pc_s3_client *c, const struct pc_s3_request *request,
                             const struct pc_s3_credentials *credentials,
                             struct pc_s3_response *response, char curl_text[CURL_ERROR_SIZE])
{
    struct attempt t = {
        .url = c->url, .request = request, .credentials = credentials, .response = response};
    reset_response(response);
    t.handle = acquire_handle(c);
    if (!t.handle)
        abort(); /* out of memory, as pc_xzalloc */
    t.path = pc_s3_url_path(c->url, request->key);
    build_url(&t);
    sign_attempt(&t);
    CURLcode cc = perform(&t);
    long status = 0;
    curl_easy_getinfo(t.handle, CURLINFO_RESPONSE_CODE, &status);
    response->status = cc ? 0 : (int)status;
    if (!cc && status / 100 != 2 && response->body.len > 0) {
        struct pc_s3_xml_handler to = {.leaf = on_error_leaf, .ctx = response};
        (void)pc_s3_xml_parse(response->body.data, response->body.len, &to);
    }
    memcpy(curl_text, t.curl_text, CURL_ERROR_SIZE);
    release_handle(c, t.handle);
    curl_slist_free_all(t.headers);
    pc_buf_finish(&t.request_url);
    free(t.path);
    return cc;
}

/* Tries and what they mean */

static bool is_retryable(CURLcode cc, const struct pc_s3_response *response)
{
    switch (cc) {
    case CURLE_OK: break;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_SSL_CONNECT_ERROR: return true;
    default: return false;
    }
    int status = response->status;
    return status == 408 || status == 429 || pc_str_eq(response->code, "RequestTimeout") ||
           pc_str_eq(response->code, "OperationAborted") ||
           (status >= 500 && status != 501 && status != 507);
}

/* Only the server's own word counts: a 404 of something between us and it is no missing blob. */
static bool is_not_found(const struct pc_s3_request *request, const struct pc_s3_response *response)
{
    return response->status == 404 &&
           (pc_str_eq(response->code, "NoSuchKey") || pc_str_eq(response->code, "NoSuchUpload") ||
            (pc_str_eq(request->method, "HEAD") && *request->key));
}

static enum pc_code fail_status(const struct pc_s3_request *request,
                                const struct pc_s3_response *response, struct pc_err *err)
{
    bool full = response->status == 507 || strstr(response->code, "Quota") ||
                strstr(response->code, "StorageFull");
    enum pc_code code = full                              ? PC_E_STORE_FULL
                        : is_not_found(request, response) ? PC_E_NOT_FOUND
                                                          : PC_E_STORE_UNAVAILABLE;
    return pc_fail_detail(err, code, "%s: S3 status %d %s", request->method, response->status,
                          response->code);
}

/* Is it the keys that the server does not take? A HEAD has no body to say so. */
static bool credentials_rejected(const struct pc_s3_request *request,
                                 const struct pc_s3_response *response, bool *sure)
{
    static const char *const codes[] = {"ExpiredToken", "TokenRefreshRequired", "InvalidToken",
                                        "InvalidAccessKeyId"};
    *sure = false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        *sure = *sure || pc_str_eq(codes[i], response->code);
    return *sure || response->status == 403 ||
           (response->status == 400 && pc_str_eq(request->method, "HEAD"));
}

/* Tries with one set of keys. */
static CURLcode attempt_with_retries(struct pc_s3_client *c, const struct pc_s3_request *request,
                                     const struct pc_s3_credentials *credentials,
                                     struct pc_s3_response *response,
                                     char curl_text[CURL_ERROR_SIZE])
{
    struct pc_deadline deadline = pc_deadline_in(TOTAL_TIMEOUTS * c->url->timeout_ms);
    struct pc_backoff backoff = {.first_ms = FIRST_WAIT_MS, .max_ms = MAX_WAIT_MS};
    for (int attempt = 1;; attempt++) {
        CURLcode cc = attempt_once(c, request, credentials, response, curl_text);
        if (!is_retryable(cc, response) || attempt == MAX_ATTEMPTS || pc_deadline_expired(deadline))
            return cc;
        pc_clock_sleep_ms(pc_backoff_jitter_ms(pc_backoff_next_ms(&backoff)));
    }
}

enum pc_code pc_s3_client_send(struct pc_s3_client *c, const struct pc_s3_request *request,
                               struct pc_s3_response *response, struct pc_err *err)
{
    char curl_text[CURL_ERROR_SIZE];
    CURLcode cc;
    bool renewed_once = false, retry, sure;
    do {
        struct pc_s3_credentials credentials;
        enum pc_code rc = pc_s3_credentials_cache_get(c->cache, &credentials, err);
        if (rc)
            return rc;
        cc = attempt_with_retries(c, request, &credentials, response, curl_text);
        retry = !renewed_once && !cc && credentials_rejected(request, response, &sure) &&
                pc_s3_credentials_cache_rejected(c->cache, &credentials, sure);
        renewed_once = true;
        pc_s3_credentials_finish(&credentials);
    } while (retry);
    if (cc == CURLE_PEER_FAILED_VERIFICATION || cc == CURLE_SSL_CACERT_BADFILE)
        (void)pc_str_copy(response->code, sizeof response->code, PC_S3_BAD_CERTIFICATE);
    if (cc)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s: %s", request->method,
                              *curl_text ? curl_text : curl_easy_strerror(cc));
    return response->status / 100 == 2 ? PC_OK : fail_status(request, response, err);
}
