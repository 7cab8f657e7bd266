#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sync.h"
#include "blobs/s3/internal.h"
#include "curl/handle.h"

enum {
    MARGIN_MS = 5 * 60 * 1000, /* credentials are renewed so long before they expire, */
    MARGIN_PART = 4,           /* but not before the last quarter of their life */
    MIN_INTERVAL_MS = 1000,    /* between two renewals */
    RETRY_MS = 30 * 1000,      /* after a renewal that failed, when nobody waits for one */
    UNSURE_MS = 60 * 1000,     /* between renewals for rejections that may have other reasons */
    CLOCK_CHECK_MS = 60 * 1000 /* the wall clock may be set, so it is read so often */
};

/* In the order in which they are asked. */
static const struct pc_s3_provider *const providers[] = {
    &pc_s3_provider_profile, &pc_s3_provider_web_identity, &pc_s3_provider_container,
    &pc_s3_provider_instance};

struct pc_s3_credentials_cache {
    const struct pc_s3_url *url;
    const struct pc_s3_provider *provider; /* NULL: the URL has them, and nothing is renewed */
    pthread_t renewer;
    atomic_bool stop;
    pthread_mutex_t lock;         /* guards all that follows, and changes of stop */
    pthread_cond_t wake;          /* for the renewer */
    pthread_cond_t renewal_ended; /* for those who wait for one */
    struct pc_s3_credentials credentials;
    int64_t due_ms;             /* wall time of the next renewal */
    bool wanted, busy;          /* somebody waits for a renewal; one is under way */
    unsigned renewals;          /* that have ended, well or not */
    struct pc_err failure;      /* of the last one; PC_OK when it went well */
    int64_t failed_ms;          /* monotonic, like the next two */
    int64_t sure_ms, unsure_ms; /* the last renewal after a rejection of that kind */
};

/* --- renewing --- */

static int64_t next_renewal_ms(const struct pc_s3_credentials *c)
{
    if (c->expires_ms == PC_S3_NEVER_EXPIRES)
        return PC_S3_NEVER_EXPIRES;
    int64_t now_ms = pc_clock_wall_ms(), left_ms = c->expires_ms - now_ms;
    int64_t margin_ms = left_ms / MARGIN_PART < MARGIN_MS ? left_ms / MARGIN_PART : MARGIN_MS;
    int64_t due_ms = c->expires_ms - margin_ms;
    return due_ms > now_ms + MIN_INTERVAL_MS ? due_ms : now_ms + MIN_INTERVAL_MS;
}

static void log_renewal(const struct pc_s3_credentials_cache *c, int64_t expires_ms,
                        const struct pc_err *err)
{
    char at[25] = "never";
    if (expires_ms != PC_S3_NEVER_EXPIRES)
        (void)pc_clock_iso(expires_ms, at);
    if (err->code)
        pc_log_err(PC_LOG_WARN, "credentials of the S3 account not renewed", err,
                   PC_LOG_STR("from", c->provider->name), PC_LOG_STR("expires", at));
    else
        pc_log(PC_LOG_INFO, "credentials of the S3 account", PC_LOG_STR("from", c->provider->name),
               PC_LOG_STR("expires", at));
}

/* With the lock held, which it releases meanwhile. */
static void renew(struct pc_s3_credentials_cache *c)
{
    struct pc_s3_provider_context context = {.url = c->url, .stop = &c->stop};
    struct pc_s3_credentials fresh;
    struct pc_err err = PC_ERR_INIT;
    c->wanted = false;
    c->busy = true;
    pthread_mutex_unlock(&c->lock);
    enum pc_code rc = c->provider->fetch(&context, &fresh, &err);
    pthread_mutex_lock(&c->lock);
    if (!rc) {
        pc_s3_credentials_finish(&c->credentials);
        c->credentials = fresh;
        c->due_ms = next_renewal_ms(&c->credentials);
    } else {
        c->due_ms = pc_clock_wall_ms() + RETRY_MS;
        c->failed_ms = pc_clock_mono_ms();
    }
    int64_t expires_ms = c->credentials.expires_ms;
    c->failure = err;
    c->renewals++;
    c->busy = false;
    pthread_cond_broadcast(&c->renewal_ended);
    pthread_mutex_unlock(&c->lock);
    if (!atomic_load(&c->stop))
        log_renewal(c, expires_ms, &err);
    pthread_mutex_lock(&c->lock);
}

static void *renew_loop(void *ctx)
{
    struct pc_s3_credentials_cache *c = ctx;
    pthread_mutex_lock(&c->lock);
    while (!atomic_load(&c->stop)) {
        int64_t left_ms = c->due_ms - pc_clock_wall_ms();
        int64_t wait_ms = left_ms < CLOCK_CHECK_MS ? left_ms : CLOCK_CHECK_MS;
        bool never = c->due_ms == PC_S3_NEVER_EXPIRES;
        if (c->wanted || left_ms <= 0)
            renew(c);
        else
            (void)pc_sync_wait_until(&c->wake, &c->lock,
                                     never ? INT64_MAX : pc_clock_mono_ms() + wait_ms);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* --- create and destroy --- */

static enum pc_code fetch_from_first(struct pc_s3_credentials_cache *c, struct pc_err *err)
{
    struct pc_s3_provider_context context = {.url = c->url};
    struct pc_buf tried = PC_BUF_INIT;
    size_t n = *c->url->profile ? 1 : sizeof providers / sizeof *providers;
    enum pc_code rc = PC_E_NOT_FOUND;
    for (size_t i = 0; i < n && rc == PC_E_NOT_FOUND; i++) {
        rc = providers[i]->fetch(&context, &c->credentials, err);
        c->provider = providers[i];
        if (rc == PC_E_NOT_FOUND)
            pc_buf_printf(&tried, "%s%s (%s)", i ? ", " : "", providers[i]->name, err->message);
    }
    if (rc == PC_E_NOT_FOUND)
        rc = pc_fail(err, PC_E_CONFIG,
                     "The S3 store needs credentials. Tried: AWS_ACCESS_KEY_ID (not set), %s.",
                     pc_buf_text(&tried));
    else if (!rc)
        pc_err_clear(err);
    pc_buf_finish(&tried);
    return rc;
}

enum pc_code pc_s3_credentials_cache_create(const struct pc_s3_url *url,
                                            struct pc_s3_credentials_cache **out,
                                            struct pc_err *err)
{
    enum pc_code rc = pc_curl_init(err);
    if (rc)
        return rc;
    struct pc_s3_credentials_cache *c = pc_xzalloc(sizeof *c);
    c->url = url;
    c->sure_ms = c->unsure_ms = c->failed_ms = INT64_MIN / 2;
    pthread_mutex_init(&c->lock, NULL);
    pc_sync_cond_init(&c->wake);
    pc_sync_cond_init(&c->renewal_ended);
    if (url->key_id) {
        c->credentials = pc_s3_credentials_copy(&(struct pc_s3_credentials){
            url->key_id, url->secret, url->session_token, PC_S3_NEVER_EXPIRES});
        rc = pc_s3_credentials_check(&c->credentials, PC_E_CONFIG, err);
    } else {
        rc = fetch_from_first(c, err);
        c->due_ms = rc ? 0 : next_renewal_ms(&c->credentials);
        if (!rc && pthread_create(&c->renewer, NULL, renew_loop, c))
            rc = pc_fail_detail(err, PC_E_INTERNAL, "no thread for the S3 credentials");
        if (rc)
            c->provider = NULL; /* there is no thread to join */
        else
            log_renewal(c, c->credentials.expires_ms, err);
    }
    if (rc)
        pc_s3_credentials_cache_destroy(c);
    else
        *out = c;
    return rc;
}

void pc_s3_credentials_cache_destroy(struct pc_s3_credentials_cache *c)
{
    if (!c)
        return;
    if (c->provider) {
        pthread_mutex_lock(&c->lock);
        atomic_store(&c->stop, true);
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->renewer, NULL);
    }
    pc_s3_credentials_finish(&c->credentials);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->wake);
    pthread_cond_destroy(&c->renewal_ended);
    free(c);
}

/* --- use --- */

const char *pc_s3_credentials_cache_provider(const struct pc_s3_credentials_cache *c)
{
    return c->provider ? c->provider->name : NULL;
}

/* Waits for the renewal that is under way or else for the next one. With the lock held. */
static void await_renewal(struct pc_s3_credentials_cache *c)
{
    unsigned seen = c->renewals;
    c->wanted = c->wanted || !c->busy;
    pthread_cond_signal(&c->wake);
    while (c->renewals == seen)
        pthread_cond_wait(&c->renewal_ended, &c->lock);
}

static bool usable(const struct pc_s3_credentials_cache *c)
{
    return c->credentials.expires_ms > pc_clock_wall_ms();
}

enum pc_code pc_s3_credentials_cache_get(struct pc_s3_credentials_cache *c,
                                         struct pc_s3_credentials *out, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&c->lock);
    bool tried = c->failure.code && pc_clock_mono_ms() - c->failed_ms < MIN_INTERVAL_MS;
    if (!usable(c) && !tried)
        await_renewal(c);
    if (usable(c))
        *out = pc_s3_credentials_copy(&c->credentials);
    else
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE,
                            "credentials of the S3 account, from %s: %s %s", c->provider->name,
                            c->failure.message, c->failure.detail);
    pthread_mutex_unlock(&c->lock);
    return rc;
}

bool pc_s3_credentials_cache_peek(struct pc_s3_credentials_cache *c, struct pc_s3_credentials *out)
{
    pthread_mutex_lock(&c->lock);
    bool is_usable = usable(c);
    if (is_usable)
        *out = pc_s3_credentials_copy(&c->credentials);
    pthread_mutex_unlock(&c->lock);
    return is_usable;
}

static bool differ(const struct pc_s3_credentials_cache *c, const struct pc_s3_credentials *used)
{
    return !pc_str_eq(c->credentials.key_id, used->key_id) ||
           !pc_str_eq(c->credentials.secret, used->secret) ||
           !pc_str_eq(c->credentials.session_token, used->session_token);
}

bool pc_s3_credentials_cache_rejected(struct pc_s3_credentials_cache *c,
                                      const struct pc_s3_credentials *used, bool sure)
{
    if (!c->provider)
        return false;
    pthread_mutex_lock(&c->lock);
    int64_t now_ms = pc_clock_mono_ms(), *last_ms = sure ? &c->sure_ms : &c->unsure_ms;
    bool due = now_ms - *last_ms >= (sure ? MIN_INTERVAL_MS : UNSURE_MS);
    if (!differ(c, used) && (due || c->wanted || c->busy)) {
        *last_ms = now_ms;
        await_renewal(c);
    }
    bool changed = differ(c, used) && usable(c);
    pthread_mutex_unlock(&c->lock);
    return changed;
}
