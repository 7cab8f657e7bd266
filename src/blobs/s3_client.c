#include "blobs/s3_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3_http.h"
#include "blobs/s3_xml.h"

enum {
    MAX_TRIES = 5,
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
    const struct pc_s3_address *address;
    struct pc_s3_credentials *credentials;
    pthread_mutex_t mutex; /* guards idle, n_idle */
    CURL *idle[MAX_IDLE];
    int n_idle;
};

enum pc_code pc_s3_client_create(const struct pc_s3_address *address,
                                 struct pc_s3_credentials *credentials, struct pc_s3_client **out,
                                 struct pc_err *err)
{
    enum pc_code rc = pc_s3_http_start(err);
    if (rc)
        return rc;
    struct pc_s3_client *c = pc_xmalloc(sizeof *c);
    c->address = address;
    c->credentials = credentials;
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

static CURL *take_handle(struct pc_s3_client *c)
{
    pthread_mutex_lock(&c->mutex);
    CURL *h = c->n_idle > 0 ? c->idle[--c->n_idle] : NULL;
    pthread_mutex_unlock(&c->mutex);
    return h ? h : curl_easy_init();
}

static void give_handle(struct pc_s3_client *c, CURL *h)
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

struct
try {
    const struct pc_s3_address *address;
    const struct pc_s3_ask *ask;
    const struct pc_s3_keys *keys;
    struct pc_s3_answer *answer;
    CURL *handle;
    int64_t sent;
    char *path; /* not encoded */
    struct pc_buf url;
    struct curl_slist *headers;
    char curl_says[CURL_ERROR_SIZE];
};

static size_t on_send(char *data, size_t size, size_t n, void *ctx)
{
    struct try *t = ctx;
    const struct pc_s3_ask *ask = t->ask;
    int64_t left = ask->len - t->sent;
    size_t len = size * n;
    if ((int64_t)len > left)
        len = (size_t)left;
    if (ask->data) {
        memcpy(data, ask->data + t->sent, len);
    } else {
        ssize_t got;
        do {
            got = pread(ask->fd, data, len, ask->offset + t->sent);
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
    struct try *t = ctx;
    if (origin != SEEK_SET || offset < 0 || offset > t->ask->len)
        return CURL_SEEKFUNC_FAIL;
    t->sent = offset;
    return CURL_SEEKFUNC_OK;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct try *t = ctx;
    struct pc_s3_answer *answer = t->answer;
    size_t len = size * n;
    long status = 0;
    curl_easy_getinfo(t->handle, CURLINFO_RESPONSE_CODE, &status);
    if (t->ask->into && status / 100 == 2) {
        if (len > t->ask->room - answer->got)
            return 0; /* it sends more than was asked for */
        memcpy(t->ask->into + answer->got, data, len);
        answer->got += len;
        return len;
    }
    if (answer->body.len + len > MAX_DOCUMENT)
        return 0;
    pc_buf_append(&answer->body, data, len);
    return len;
}

static void take_text(char *out, size_t cap, const char *value, size_t len)
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
    struct try *t = ctx;
    size_t len = size * n;
    char line[512];
    take_text(line, sizeof line, data, len);
    char *value = strchr(line, ':');
    if (!value)
        return len;
    *value++ = 0;
    value += strspn(value, " ");
    if (strcasecmp(line, "etag") == 0) {
        (void)pc_str_copy(t->answer->etag, sizeof t->answer->etag, value);
    } else if (strcasecmp(line, "x-amz-meta-sha256") == 0) {
        (void)pc_str_copy(t->answer->sha256, sizeof t->answer->sha256, value);
    } else if (strcasecmp(line, "x-amz-bucket-region") == 0) {
        (void)pc_str_copy(t->answer->region, sizeof t->answer->region, value);
    } else if (strcasecmp(line, "content-range") == 0 && (value = strrchr(value, '/'))) {
        if (!pc_str_to_i64(value + 1, 0, INT64_MAX, &t->answer->total))
            t->answer->total = -1;
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

static void add_header(struct try *t, const char *name, const char *value)
{
    char *line = pc_xasprintf("%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(t->headers, line);
    if (!more)
        abort(); /* out of memory, as pc_xmalloc */
    t->headers = more;
    free(line);
}

/* The headers to sign, and with them Authorization. libcurl's own "Expect: 100-continue" would cost
 * a round trip, or a second where a server does not know it; Content-Type says what we mean. */
static void sign_try(struct try *t)
{
    const struct pc_s3_address *a = t->address;
    const struct pc_s3_ask *ask = t->ask;
    struct pc_s3_pair headers[PC_S3_ASK_HEADERS + OWN_HEADERS];
    char date[PC_S3_DATE];
    struct pc_buf authorization = PC_BUF_INIT;
    int64_t now_s = pc_wall_ms() / 1000;
    size_t n = count_pairs(ask->headers, PC_S3_ASK_HEADERS);
    memcpy(headers, ask->headers, n * sizeof *headers);
    pc_s3_date(now_s, date);
    const char *payload = ask->payload ? ask->payload : empty_sha256;
    headers[n++] = (struct pc_s3_pair){"host", a->host};
    headers[n++] = (struct pc_s3_pair){"x-amz-content-sha256", payload};
    headers[n++] = (struct pc_s3_pair){"x-amz-date", date};
    if (*t->keys->session)
        headers[n++] = (struct pc_s3_pair){"x-amz-security-token", t->keys->session};
    struct pc_s3_signer who = {t->keys->key_id, t->keys->secret, a->region, "s3", t->keys->session};
    struct pc_s3_call call = {.method = ask->method,
                              .path = t->path,
                              .query = ask->query,
                              .n_query = count_pairs(ask->query, PC_S3_ASK_QUERY),
                              .headers = headers,
                              .n_headers = n,
                              .payload = payload,
                              .at_s = now_s};
    pc_s3_authorization(&who, &call, &authorization);
    for (size_t i = 0; i < n; i++)
        add_header(t, headers[i].name, headers[i].value);
    add_header(t, "Authorization", pc_buf_text(&authorization));
    struct curl_slist *no_expect = curl_slist_append(t->headers, "Expect:");
    t->headers = no_expect ? no_expect : t->headers;
    pc_buf_finish(&authorization);
}

static void build_url(struct try *t)
{
    size_t n = count_pairs(t->ask->query, PC_S3_ASK_QUERY);
    pc_buf_puts(&t->url, t->address->origin);
    pc_s3_encode(&t->url, t->path, true);
    if (n > 0) {
        pc_buf_putc(&t->url, '?');
        pc_s3_query(&t->url, t->ask->query, n);
    }
}

static CURLcode set_numbers(struct try *t)
{
    const struct pc_s3_ask *ask = t->ask;
    int64_t stall_ms = t->address->timeout_ms;
    int64_t bytes = ask->len > (int64_t)ask->room ? ask->len : (int64_t)ask->room;
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

static CURLcode set_texts(struct try *t)
{
    const struct pc_s3_address *a = t->address;
    const struct {
        CURLoption option;
        const char *value;
    } rows[] = {
        {CURLOPT_URL, pc_buf_text(&t->url)},
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

static CURLcode set_method(struct try *t)
{
    CURL *h = t->handle;
    const struct pc_s3_ask *ask = t->ask;
    if (pc_streq(ask->method, "HEAD"))
        return curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    if (pc_streq(ask->method, "GET"))
        return CURLE_OK;
    CURLcode cc = curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, ask->method);
    if (cc || pc_streq(ask->method, "DELETE"))
        return cc;
    cc = curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->len);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_READFUNCTION, on_send);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_READDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, on_seek);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_SEEKDATA, t);
}

static CURLcode set_callbacks(struct try *t)
{
    CURL *h = t->handle;
    CURLcode cc = curl_easy_setopt(h, CURLOPT_HTTPHEADER, t->headers);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_ERRORBUFFER, t->curl_says);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_HEADERDATA, t);
    cc = cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    return cc ? cc : curl_easy_setopt(h, CURLOPT_WRITEDATA, t);
}

static CURLcode perform(struct try *t)
{
    CURLcode cc = set_numbers(t);
    cc = cc ? cc : set_texts(t);
    cc = cc ? cc : set_method(t);
    cc = cc ? cc : set_callbacks(t);
    return cc ? cc : curl_easy_perform(t->handle);
}

static void on_error_leaf(void *ctx, const char *parent, const char *name, const char *text)
{
    struct pc_s3_answer *answer = ctx;
    (void)parent;
    if (pc_streq(name, "Code"))
        (void)pc_str_copy(answer->code, sizeof answer->code, text);
    else if (pc_streq(name, "Region"))
        (void)pc_str_copy(answer->region, sizeof answer->region, text);
}

static void reset_answer(struct pc_s3_answer *answer)
{
    pc_buf_clear(&answer->body);
    answer->status = 0;
    answer->got = 0;
    answer->total = -1;
    answer->etag[0] = answer->sha256[0] = answer->code[0] = answer->region[0] = 0;
}

static CURLcode try_once(struct pc_s3_client *c, const struct pc_s3_ask *ask,
                         const struct pc_s3_keys *keys, struct pc_s3_answer *answer,
                         char says[CURL_ERROR_SIZE])
{
    struct try t = {.address = c->address, .ask = ask, .keys = keys, .answer = answer};
    reset_answer(answer);
    t.handle = take_handle(c);
    if (!t.handle)
        abort(); /* out of memory, as pc_xmalloc */
    t.path = pc_s3_path(c->address, ask->key);
    build_url(&t);
    sign_try(&t);
    CURLcode cc = perform(&t);
    long status = 0;
    curl_easy_getinfo(t.handle, CURLINFO_RESPONSE_CODE, &status);
    answer->status = cc ? 0 : (int)status;
    if (!cc && status / 100 != 2 && answer->body.len > 0) {
        struct pc_s3_xml to = {.leaf = on_error_leaf, .ctx = answer};
        (void)pc_s3_xml_read(answer->body.data, answer->body.len, &to);
    }
    memcpy(says, t.curl_says, CURL_ERROR_SIZE);
    give_handle(c, t.handle);
    curl_slist_free_all(t.headers);
    pc_buf_finish(&t.url);
    free(t.path);
    return cc;
}

/* Tries and what they mean */

static bool worth_again(CURLcode cc, const struct pc_s3_answer *answer)
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
    int status = answer->status;
    return status == 408 || status == 429 || pc_streq(answer->code, "RequestTimeout") ||
           pc_streq(answer->code, "OperationAborted") ||
           (status >= 500 && status != 501 && status != 507);
}

/* Between half and all of what is due. */
static void wait_before(int tries)
{
    int64_t due_ms = (int64_t)FIRST_WAIT_MS << (tries - 1);
    unsigned char chance = 0;
    if (due_ms > MAX_WAIT_MS)
        due_ms = MAX_WAIT_MS;
    (void)RAND_bytes(&chance, 1);
    pc_sleep_ms(due_ms / 2 + due_ms * chance / 512);
}

/* Only the server's own word counts: a 404 of something between us and it is no missing blob. */
static bool is_absent(const struct pc_s3_ask *ask, const struct pc_s3_answer *answer)
{
    return answer->status == 404 &&
           (pc_streq(answer->code, "NoSuchKey") || pc_streq(answer->code, "NoSuchUpload") ||
            (pc_streq(ask->method, "HEAD") && *ask->key));
}

static enum pc_code fail_status(const struct pc_s3_ask *ask, const struct pc_s3_answer *answer,
                                struct pc_err *err)
{
    bool full = answer->status == 507 || strstr(answer->code, "Quota") ||
                strstr(answer->code, "StorageFull");
    enum pc_code code = full                     ? PC_E_STORE_FULL
                        : is_absent(ask, answer) ? PC_E_NOT_FOUND
                                                 : PC_E_STORE_UNAVAILABLE;
    return pc_fail_detail(err, code, "%s: S3 status %d %s", ask->method, answer->status,
                          answer->code);
}

/* Is it the keys that the server does not take? A HEAD has no body to say so. */
static bool keys_refused(const struct pc_s3_ask *ask, const struct pc_s3_answer *answer, bool *sure)
{
    static const char *const codes[] = {"ExpiredToken", "TokenRefreshRequired", "InvalidToken",
                                        "InvalidAccessKeyId"};
    *sure = false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        *sure = *sure || pc_streq(codes[i], answer->code);
    return *sure || answer->status == 403 ||
           (answer->status == 400 && pc_streq(ask->method, "HEAD"));
}

/* Tries with one set of keys. */
static CURLcode try_all(struct pc_s3_client *c, const struct pc_s3_ask *ask,
                        const struct pc_s3_keys *keys, struct pc_s3_answer *answer,
                        char says[CURL_ERROR_SIZE])
{
    struct pc_deadline deadline = pc_deadline_in(TOTAL_TIMEOUTS * c->address->timeout_ms);
    for (int tries = 1;; tries++) {
        CURLcode cc = try_once(c, ask, keys, answer, says);
        if (!worth_again(cc, answer) || tries == MAX_TRIES || pc_deadline_over(deadline))
            return cc;
        wait_before(tries);
    }
}

enum pc_code pc_s3_call(struct pc_s3_client *c, const struct pc_s3_ask *ask,
                        struct pc_s3_answer *answer, struct pc_err *err)
{
    char says[CURL_ERROR_SIZE];
    CURLcode cc;
    bool renewed = false, again, sure;
    do {
        struct pc_s3_keys keys;
        enum pc_code rc = pc_s3_credentials_take(c->credentials, &keys, err);
        if (rc)
            return rc;
        cc = try_all(c, ask, &keys, answer, says);
        again = !renewed && !cc && keys_refused(ask, answer, &sure) &&
                pc_s3_credentials_refused(c->credentials, &keys, sure);
        renewed = true;
        pc_s3_keys_finish(&keys);
    } while (again);
    if (cc == CURLE_PEER_FAILED_VERIFICATION || cc == CURLE_SSL_CACERT_BADFILE)
        (void)pc_str_copy(answer->code, sizeof answer->code, PC_S3_BAD_CERTIFICATE);
    if (cc)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s: %s", ask->method,
                              *says ? says : curl_easy_strerror(cc));
    return answer->status / 100 == 2 ? PC_OK : fail_status(ask, answer, err);
}
