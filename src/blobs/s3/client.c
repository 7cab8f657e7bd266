#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "blobs/s3/internal.h"
#include "blobs/s3/xml.h"
#include "curl/handle.h"

enum {
    MAX_ATTEMPTS = 5,
    TOTAL_TIMEOUTS = 3, /* no attempt begins later than so many time-outs after the first */
    FIRST_WAIT_MS = 100,
    MAX_WAIT_MS = 2000,
    MAX_CONNECT_MS = 5000,
    STALL_RATE = 1,           /* bytes a second */
    SLOWEST_BYTES_MS = 16,    /* a transfer may take one more millisecond for so many bytes */
    MAX_DOCUMENT = 8 << 20,   /* lists of 1,000 keys have about half a megabyte */
    OWN_HEADERS = 4,          /* host, x-amz-content-sha256, x-amz-date, x-amz-security-token */
    MAX_IDLE = 64,            /* handles, each with its connection */
    UPLOAD_BUFFER = 256 << 10 /* libcurl's default is 64 KiB */
};
static const char empty_sha256[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct pc_s3_client {
    const struct pc_s3_url *url;
    struct pc_s3_credentials_cache *cache;
    struct pc_curl_pool pool;
};

enum pc_code pc_s3_client_create(const struct pc_s3_url *url, struct pc_s3_credentials_cache *cache,
                                 struct pc_s3_client **out, struct pc_err *err)
{
    enum pc_code rc = pc_curl_init(err);
    if (rc)
        return rc;
    struct pc_s3_client *c = pc_xzalloc(sizeof *c);
    c->url = url;
    c->cache = cache;
    pc_curl_pool_init(&c->pool, MAX_IDLE);
    *out = c;
    return PC_OK;
}

void pc_s3_client_destroy(struct pc_s3_client *c)
{
    if (!c)
        return;
    pc_curl_pool_finish(&c->pool);
    free(c);
}

/* --- one attempt --- */

struct attempt {
    const struct pc_s3_request *request;
    struct pc_s3_response *response;
    CURL *handle;
    int64_t sent;
    struct curl_slist *headers;
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
            return 0; /* the server sends more than was asked for */
        memcpy(t->request->into + response->got, data, len);
        response->got += len;
        return len;
    }
    if (response->body.len + len > MAX_DOCUMENT)
        return 0;
    pc_buf_append(&response->body, data, len);
    return len;
}

/* The type of data is libcurl's. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct pc_s3_response *response = ((struct attempt *)ctx)->response;
    size_t len = size * n;
    char line[512];
    snprintf(line, sizeof line, "%.*s", (int)(len < sizeof line ? len : sizeof line - 1), data);
    char *value = strchr(line, ':');
    if (!value)
        return len;
    *value++ = 0;
    value = pc_str_trim(value);
    if (strcasecmp(line, "etag") == 0) {
        (void)pc_str_copy(response->etag, sizeof response->etag, value);
    } else if (strcasecmp(line, "x-amz-meta-sha256") == 0) {
        (void)pc_str_copy(response->sha256, sizeof response->sha256, value);
    } else if (strcasecmp(line, "x-amz-bucket-region") == 0) {
        (void)pc_str_copy(response->region, sizeof response->region, value);
    } else if (strcasecmp(line, "content-range") == 0 && (value = strrchr(value, '/'))) {
        if (!pc_str_to_i64(value + 1, 0, INT64_MAX, &response->total))
            response->total = -1;
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

/* Fills t->headers: those that are signed, and the signature. */
static void sign(struct attempt *t, const struct pc_s3_url *url,
                 const struct pc_s3_credentials *credentials, const char *path)
{
    const struct pc_s3_request *request = t->request;
    const char *payload = request->payload_sha256 ? request->payload_sha256 : empty_sha256;
    struct pc_s3_pair headers[PC_S3_REQUEST_HEADERS + OWN_HEADERS];
    size_t n = count_pairs(request->headers, PC_S3_REQUEST_HEADERS);
    char date[PC_S3_AMZ_DATE];
    int64_t now_s = pc_clock_wall_ms() / 1000;
    pc_s3_amz_date(now_s, date);
    memcpy(headers, request->headers, n * sizeof *headers);
    headers[n++] = (struct pc_s3_pair){"host", url->host};
    headers[n++] = (struct pc_s3_pair){"x-amz-content-sha256", payload};
    headers[n++] = (struct pc_s3_pair){"x-amz-date", date};
    if (*credentials->session_token)
        headers[n++] = (struct pc_s3_pair){"x-amz-security-token", credentials->session_token};
    struct pc_s3_signer signer = {credentials->key_id, credentials->secret, url->region, "s3",
                                  credentials->session_token};
    struct pc_s3_sign_request to_sign = {.method = request->method,
                                         .path = path,
                                         .query = request->query,
                                         .n_query =
                                             count_pairs(request->query, PC_S3_REQUEST_QUERY),
                                         .headers = headers,
                                         .n_headers = n,
                                         .payload_sha256 = payload,
                                         .at_s = now_s};
    struct pc_buf authorization = PC_BUF_INIT;
    pc_s3_sign_header(&signer, &to_sign, &authorization);
    for (size_t i = 0; i < n; i++)
        pc_curl_add_header(&t->headers, "%s: %s", headers[i].name, headers[i].value);
    pc_curl_add_header(&t->headers, "Authorization: %s", pc_buf_text(&authorization));
    /* libcurl would send "Expect: 100-continue", which costs a round trip, or a whole second where
     * the server does not know it. Without a value it sends no such header. */
    pc_curl_add_header(&t->headers, "Expect:");
    pc_buf_finish(&authorization);
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

static CURLcode perform(struct attempt *t, const struct pc_s3_url *url, const char *request_url,
                        char error_text[CURL_ERROR_SIZE])
{
    CURL *h = t->handle;
    int64_t stall_ms = url->timeout_ms;
    int64_t bytes = t->request->len + (int64_t)t->request->into_size;
    const struct pc_curl_options options = {
        .url = request_url,
        .proxy = url->proxy,
        .ca = url->ca,
        .headers = t->headers,
        .http1 = true,
        .connect_ms = stall_ms < MAX_CONNECT_MS ? stall_ms : MAX_CONNECT_MS,
        .total_ms = TOTAL_TIMEOUTS * stall_ms + bytes / SLOWEST_BYTES_MS,
        .min_rate = STALL_RATE,
        .stall_ms = stall_ms,
        .on_header = on_header,
        .on_body = on_body,
        .ctx = t,
    };
    CURLcode cc = pc_curl_set(h, &options);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error_text);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_MAXCONNECTS, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER);
    cc = cc ? cc : set_method(t);
    return cc ? cc : curl_easy_perform(h);
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

static CURLcode attempt_once(struct pc_s3_client *c, const struct pc_s3_request *request,
                             const struct pc_s3_credentials *credentials,
                             struct pc_s3_response *response, char error_text[CURL_ERROR_SIZE])
{
    struct attempt t = {
        .request = request, .response = response, .handle = pc_curl_acquire(&c->pool)};
    struct pc_buf url = PC_BUF_INIT;
    char *path = pc_s3_url_path(c->url, request->key);
    size_t n_query = count_pairs(request->query, PC_S3_REQUEST_QUERY);
    pc_buf_puts(&url, c->url->origin);
    pc_percent_encode(&url, path, "/");
    if (n_query > 0) {
        pc_buf_putc(&url, '?');
        pc_s3_canonical_query(&url, request->query, n_query);
    }
    struct pc_buf body = response->body; /* of the attempt before: its memory is used again */
    pc_buf_clear(&body);
    *response = (struct pc_s3_response){.body = body, .total = -1};
    *error_text = 0;

    sign(&t, c->url, credentials, path);
    CURLcode cc = perform(&t, c->url, pc_buf_text(&url), error_text);
    long status = 0;
    curl_easy_getinfo(t.handle, CURLINFO_RESPONSE_CODE, &status);
    response->status = cc ? 0 : (int)status;
    if (!cc && status / 100 != 2 && response->body.len > 0) {
        struct pc_s3_xml_handler handler = {.leaf = on_error_leaf, .ctx = response};
        (void)pc_s3_xml_parse(response->body.data, response->body.len, &handler);
    }
    pc_curl_release(&c->pool, t.handle);
    curl_slist_free_all(t.headers);
    pc_buf_finish(&url);
    free(path);
    return cc;
}

/* --- retries, and what they end with --- */

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

static CURLcode attempt_until_done(struct pc_s3_client *c, const struct pc_s3_request *request,
                                   const struct pc_s3_credentials *credentials,
                                   struct pc_s3_response *response,
                                   char error_text[CURL_ERROR_SIZE])
{
    struct pc_deadline deadline = pc_deadline_in(TOTAL_TIMEOUTS * c->url->timeout_ms);
    struct pc_backoff backoff = {.first_ms = FIRST_WAIT_MS, .max_ms = MAX_WAIT_MS};
    for (int attempt = 1;; attempt++) {
        CURLcode cc = attempt_once(c, request, credentials, response, error_text);
        if (!is_retryable(cc, response) || attempt == MAX_ATTEMPTS || pc_deadline_expired(deadline))
            return cc;
        pc_clock_sleep_ms(pc_backoff_jitter_ms(pc_backoff_next_ms(&backoff)));
    }
}

/* Are the credentials what the server rejects? *sure: it says so. A HEAD has no body to say it. */
static bool rejects_credentials(const struct pc_s3_request *request,
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

static enum pc_code fail_status(const struct pc_s3_request *request,
                                const struct pc_s3_response *response, struct pc_err *err)
{
    const char *code = response->code;
    /* Only what the store itself says counts: a 404 of something between us and the store does not
     * mean that a blob is missing. */
    bool missing = response->status == 404 &&
                   (pc_str_eq(code, "NoSuchKey") || pc_str_eq(code, "NoSuchUpload") ||
                    (pc_str_eq(request->method, "HEAD") && *request->key));
    bool full = response->status == 507 || strstr(code, "Quota") || strstr(code, "StorageFull");
    return pc_fail_detail(err,
                          full      ? PC_E_STORE_FULL
                          : missing ? PC_E_NOT_FOUND
                                    : PC_E_STORE_UNAVAILABLE,
                          "%s: S3 status %d %s", request->method, response->status, code);
}

enum pc_code pc_s3_client_send(struct pc_s3_client *c, const struct pc_s3_request *request,
                               struct pc_s3_response *response, struct pc_err *err)
{
    char error_text[CURL_ERROR_SIZE];
    CURLcode cc;
    bool renewed = false, retry, sure;
    do {
        struct pc_s3_credentials credentials;
        enum pc_code rc = pc_s3_credentials_cache_get(c->cache, &credentials, err);
        if (rc)
            return rc;
        cc = attempt_until_done(c, request, &credentials, response, error_text);
        retry = !renewed && !cc && rejects_credentials(request, response, &sure) &&
                pc_s3_credentials_cache_rejected(c->cache, &credentials, sure);
        renewed = true;
        pc_s3_credentials_finish(&credentials);
    } while (retry);
    if (cc == CURLE_PEER_FAILED_VERIFICATION || cc == CURLE_SSL_CACERT_BADFILE)
        (void)pc_str_copy(response->code, sizeof response->code, PC_S3_BAD_CERTIFICATE);
    if (cc)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s: %s", request->method,
                              *error_text ? error_text : curl_easy_strerror(cc));
    return response->status / 100 == 2 ? PC_OK : fail_status(request, response, err);
}

enum pc_code pc_s3_client_do(struct pc_s3_client *c, const struct pc_s3_request *request,
                             struct pc_err *err)
{
    struct pc_s3_response response = PC_S3_RESPONSE_INIT;
    enum pc_code rc = pc_s3_client_send(c, request, &response, err);
    pc_buf_finish(&response.body);
    return rc;
}
