#include "curl/handle.h"

#include <stdlib.h>

#include "base/buf.h"

static CURLcode global_rc;

static void init_global(void)
{
    global_rc = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum pc_code pc_curl_init(struct pc_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, init_global);
    return global_rc
               ? pc_fail_detail(err, PC_E_INTERNAL, "libcurl: %s", curl_easy_strerror(global_rc))
               : PC_OK;
}

/* --- pool --- */

void pc_curl_pool_init(struct pc_curl_pool *pool, int max_idle)
{
    pthread_mutex_init(&pool->lock, NULL);
    pool->n_idle = 0;
    pool->max_idle = max_idle < PC_CURL_POOL_MAX ? max_idle : PC_CURL_POOL_MAX;
}

void pc_curl_pool_finish(struct pc_curl_pool *pool)
{
    while (pool->n_idle > 0)
        curl_easy_cleanup(pool->idle[--pool->n_idle]);
    pthread_mutex_destroy(&pool->lock);
}

CURL *pc_curl_acquire(struct pc_curl_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    CURL *h = pool->n_idle > 0 ? pool->idle[--pool->n_idle] : NULL;
    pthread_mutex_unlock(&pool->lock);
    if (!h)
        h = curl_easy_init();
    if (!h)
        abort(); /* out of memory, as pc_xzalloc */
    return h;
}

void pc_curl_release(struct pc_curl_pool *pool, CURL *h)
{
    curl_easy_setopt(h, CURLOPT_COOKIELIST, "ALL"); /* drops them: a reset would keep them */
    curl_easy_reset(h);                             /* keeps its connection */
    pthread_mutex_lock(&pool->lock);
    bool kept = pool->n_idle < pool->max_idle;
    if (kept)
        pool->idle[pool->n_idle++] = h;
    pthread_mutex_unlock(&pool->lock);
    if (!kept)
        curl_easy_cleanup(h);
}

/* --- options --- */

static CURLcode set_numbers(CURL *h, const struct pc_curl_options *o)
{
    const struct {
        CURLoption option;
        int64_t value;
    } rows[] = {
        {CURLOPT_NOSIGNAL, 1}, /* signals and threads do not mix */
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_HTTP_VERSION, o->http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_NONE},
        {CURLOPT_MAXAGE_CONN, 30}, /* seconds; an older one may be dead unnoticed */
        {CURLOPT_CONNECTTIMEOUT_MS, o->connect_ms},
        {CURLOPT_TIMEOUT_MS, o->total_ms},
        {CURLOPT_LOW_SPEED_LIMIT, o->min_rate},
        {CURLOPT_LOW_SPEED_TIME, (o->stall_ms + 999) / 1000},
        {CURLOPT_NOPROGRESS, !o->on_progress},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        cc = curl_easy_setopt(h, rows[i].option, (long)rows[i].value);
    return cc;
}

/* NULL leaves libcurl's default, which for the proxies is to ask the environment. */
static CURLcode set_pointers(CURL *h, const struct pc_curl_options *o)
{
    const struct {
        CURLoption option;
        const void *value;
    } rows[] = {
        {CURLOPT_URL, o->url},
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_USERAGENT, "PoseCraft/" PC_VERSION},
        {CURLOPT_PROXY, o->proxy},
        {CURLOPT_NOPROXY, o->no_proxy},
        {CURLOPT_CAINFO, o->ca},
        {CURLOPT_HTTPHEADER, o->headers},
        {CURLOPT_HEADERDATA, o->ctx},
        {CURLOPT_WRITEDATA, o->ctx},
        {CURLOPT_XFERINFODATA, o->ctx},
    };
    CURLcode cc = CURLE_OK;
    for (size_t i = 0; !cc && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value)
            cc = curl_easy_setopt(h, rows[i].option, rows[i].value);
    return cc;
}

/* The type of data is libcurl's. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t drop(char *data, size_t size, size_t n, void *ctx)
{
    (void)data, (void)ctx;
    return size * n;
}

CURLcode pc_curl_set(CURL *h, const struct pc_curl_options *o)
{
    CURLcode cc = set_numbers(h, o);
    cc = cc ? cc : set_pointers(h, o);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, o->on_header ? o->on_header : drop);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, o->on_body ? o->on_body : drop);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, o->on_progress);
}

void pc_curl_add_header(struct curl_slist **headers, const char *fmt, ...)
{
    struct pc_buf line = PC_BUF_INIT;
    va_list args;
    va_start(args, fmt);
    pc_buf_vprintf(&line, fmt, args);
    va_end(args);
    struct curl_slist *more = curl_slist_append(*headers, pc_buf_text(&line));
    if (!more)
        abort(); /* out of memory, as pc_xzalloc */
    *headers = more;
    pc_buf_finish(&line);
}
