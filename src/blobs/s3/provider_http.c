#include "blobs/s3/provider_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/str.h"

enum { MAX_RESPONSE = 64 << 10, FIRST_WAIT_MS = 100, MAX_WAIT_MS = 1000 };

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_rc;

static void init_global(void)
{
    global_rc = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum pc_code pc_s3_http_init(struct pc_err *err)
{
    pthread_once(&global_once, init_global);
    return global_rc ? pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "libcurl: %s",
                                      curl_easy_strerror(global_rc))
                     : PC_OK;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct pc_buf *body = ctx;
    if (body->len + size * n > MAX_RESPONSE)
        return 0;
    pc_buf_append(body, data, size * n);
    return size * n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct pc_s3_http_request *request = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return request->stop && atomic_load(request->stop);
}

static CURLcode set_numbers(CURL *h, const struct pc_s3_http_request *request)
{
    const struct {
        CURLoption option;
        int64_t value;
    } rows[] = {
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_NOPROGRESS, 0},
        {CURLOPT_CONNECTTIMEOUT_MS, request->connect_ms},
        {CURLOPT_TIMEOUT_MS, request->total_ms},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        cc = curl_easy_setopt(h, rows[i].option, (long)rows[i].value);
    return cc;
}

static CURLcode set_texts(CURL *h, const struct pc_s3_http_request *request)
{
    const struct {
        CURLoption option;
        const char *value;
    } rows[] = {
        {CURLOPT_URL, request->url},
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_USERAGENT, "PoseCraft/" PC_VERSION},
        {CURLOPT_POSTFIELDS, request->form}, /* before the method, which it sets */
        {CURLOPT_CUSTOMREQUEST, request->method},
        {CURLOPT_PROXY, request->direct ? "" : request->proxy},
        {CURLOPT_CAINFO, request->ca},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value)
            cc = curl_easy_setopt(h, rows[i].option, rows[i].value);
    return cc;
}

static struct curl_slist *headers_of(const struct pc_s3_http_request *request)
{
    struct curl_slist *all = NULL;
    for (int i = 0; i < PC_S3_HTTP_HEADERS && request->headers[i]; i++) {
        struct curl_slist *more = curl_slist_append(all, request->headers[i]);
        if (!more)
            abort(); /* out of memory, as pc_xzalloc */
        all = more;
    }
    return all;
}

static CURLcode attempt_once(const struct pc_s3_http_request *request, int *status,
                             struct pc_buf *body)
{
    CURL *h = curl_easy_init();
    struct curl_slist *headers = headers_of(request);
    long response_status = 0;
    if (!h)
        abort();
    pc_buf_clear(body);
    CURLcode cc = set_numbers(h, request);
    cc = cc ? cc : set_texts(h, request);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEDATA, body);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_XFERINFODATA, (void *)(uintptr_t)request);
    cc = cc ? cc : curl_easy_perform(h);
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &response_status);
    *status = cc ? 0 : (int)response_status;
    curl_easy_cleanup(h);
    curl_slist_free_all(headers);
    return cc;
}

enum pc_code pc_s3_http_send(const struct pc_s3_http_request *request, int *status,
                             struct pc_buf *body, struct pc_err *err)
{
    CURLcode cc;
    struct pc_backoff backoff = {.first_ms = FIRST_WAIT_MS, .max_ms = MAX_WAIT_MS};
    for (int attempt = 1;; attempt++) {
        cc = attempt_once(request, status, body);
        bool retry = cc || *status == 429 || *status >= 500;
        if (!retry || cc == CURLE_ABORTED_BY_CALLBACK || attempt >= request->attempts)
            break;
        pc_clock_sleep_ms(pc_backoff_next_ms(&backoff));
    }
    if (!cc)
        return PC_OK;
    (void)pc_fail(err, PC_E_STORE_UNAVAILABLE, "%s", request->no_response);
    (void)pc_str_copy(err->detail, sizeof err->detail, curl_easy_strerror(cc));
    return err->code;
}
