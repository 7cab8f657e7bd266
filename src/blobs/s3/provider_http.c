#include "base/backoff.h"
#include "base/clock.h"
#include "base/str.h"
#include "blobs/s3/credentials.h"
#include "curl/handle.h"

enum { MAX_BODY = 64 << 10, FIRST_WAIT_MS = 100, MAX_WAIT_MS = 1000 };

struct exchange {
    const struct pc_s3_http_request *request;
    struct pc_buf *body;
};

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    if (x->body->len + size * n > MAX_BODY)
        return 0;
    pc_buf_append(x->body, data, size * n);
    return size * n;
}

static int on_progress(void *ctx, curl_off_t dl_total, curl_off_t dl_now, curl_off_t ul_total,
                       curl_off_t ul_now)
{
    const struct exchange *x = ctx;
    (void)dl_total, (void)dl_now, (void)ul_total, (void)ul_now;
    return x->request->stop && atomic_load(x->request->stop);
}

static CURLcode attempt(struct exchange *x, CURL *h)
{
    const struct pc_s3_http_request *request = x->request;
    const struct pc_curl_options options = {
        .url = request->url,
        .proxy = request->direct ? "" : request->proxy,
        .ca = request->ca,
        .http1 = true,
        .connect_ms = request->connect_ms,
        .total_ms = request->total_ms,
        .on_body = on_body,
        .on_progress = on_progress,
        .ctx = x,
    };
    struct curl_slist *headers = NULL;
    for (int i = 0; i < PC_S3_HTTP_HEADERS && request->headers[i]; i++)
        pc_curl_add_header(&headers, "%s", request->headers[i]);
    CURLcode cc = pc_curl_set(h, &options);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    if (request->form) /* before the method, which it sets */
        cc = cc ? cc : curl_easy_setopt(h, CURLOPT_POSTFIELDS, request->form);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, request->method);
    pc_buf_clear(x->body);
    cc = cc ? cc : curl_easy_perform(h);
    curl_slist_free_all(headers);
    return cc;
}

enum pc_code pc_s3_http_send(const struct pc_s3_http_request *request, int *status,
                             struct pc_buf *body, struct pc_err *err)
{
    struct pc_backoff backoff = {.first_ms = FIRST_WAIT_MS, .max_ms = MAX_WAIT_MS};
    struct pc_curl_pool pool; /* of one handle: requests are rare, so no connection is kept */
    pc_curl_pool_init(&pool, 0);
    CURLcode cc;
    for (int n = 1;; n++) {
        long response_status = 0;
        CURL *h = pc_curl_acquire(&pool);
        cc = attempt(&(struct exchange){request, body}, h);
        curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &response_status);
        *status = cc ? 0 : (int)response_status;
        pc_curl_release(&pool, h);
        bool retry = cc || *status == 429 || *status >= 500;
        if (!retry || cc == CURLE_ABORTED_BY_CALLBACK || n >= request->attempts)
            break;
        pc_clock_sleep_ms(pc_backoff_next_ms(&backoff));
    }
    pc_curl_pool_finish(&pool);
    if (!cc)
        return PC_OK;
    (void)pc_fail(err, PC_E_STORE_UNAVAILABLE, "%s", request->no_response);
    (void)pc_str_copy(err->detail, sizeof err->detail, curl_easy_strerror(cc));
    return err->code;
}
