#include "blobs/s3/credentials_cache.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sync.h"
#include "blobs/s3/provider_http.h"

enum {
    MARGIN_MS = 5 * 60 * 1000, /* renewed so long before the end, */
    MARGIN_PART = 4,           /* but in the last quarter of the life */
    MIN_INTERVAL_MS = 1000,    /* between renewals */
    RETRY_MS = 30 * 1000,      /* after one that failed, when nobody waits */
    UNSURE_MS = 60 * 1000,     /* between renewals for refusals that may have other reasons */
    CLOCK_CHECK_MS = 60 * 1000 /* the wall clock may be set: it is looked at so often */
};

/* In the order in which they are asked. */
static const struct pc_s3_provider *const providers[] = {
    &pc_s3_provider_profile, &pc_s3_provider_web_identity, &pc_s3_provider_container,
    &pc_s3_provider_instance};

struct pc_s3_credentials_cache {
    const struct pc_s3_url *url;
    const struct pc_s3_provider
        *provider; /* NULL: the keys stand in the address, nothing changes */
    pthread_t renewer;
    atomic_bool stop;
    pthread_mutex_t mutex;      /* guards all that follows, and changes of stop */
    pthread_cond_t wake;        /* the keeper */
    pthread_cond_t round_ended; /* those who wait for the end of a round */
    struct pc_s3_credentials credentials;
    int64_t due_ms;             /* wall time of the next renewal */
    bool wanted, busy;          /* somebody waits for one; it goes on */
    unsigned rounds;            /* renewals that have ended, well or not */
    struct pc_err failed;       /* of the last one; PC_OK when it went well */
    int64_t failed_ms;          /* monotonic */
    int64_t sure_ms, unsure_ms; /* monotonic: the last renewal for a refusal */
};

/* Renewing */

static int64_t next_renewal_ms(const struct pc_s3_credentials *k)
{
    if (k->expires_ms == PC_S3_NEVER_EXPIRES)
        return PC_S3_NEVER_EXPIRES;
    int64_t now_ms = pc_clock_wall_ms(), left_ms = k->expires_ms - now_ms;
    int64_t margin_ms = left_ms / MARGIN_PART < MARGIN_MS ? left_ms / MARGIN_PART : MARGIN_MS;
    int64_t due_ms = k->expires_ms - margin_ms;
    return due_ms > now_ms + MIN_INTERVAL_MS ? due_ms : now_ms + MIN_INTERVAL_MS;
}

static void log_renewal(const struct pc_s3_credentials_cache *c, int64_t expires_ms,
                        const struct pc_err *err)
{
    char at[25] = "never";
    if (expires_ms != PC_S3_NEVER_EXPIRES)
        (void)pc_clock_iso(expires_ms, at);
    if (err->code)
        pc_log_err(PC_LOG_WARN, "keys of the S3 account not renewed", err,
                   PC_LOG_STR("from", c->provider->name), PC_LOG_STR("ends", at));
    else
        pc_log(PC_LOG_INFO, "keys of the S3 account", PC_LOG_STR("from", c->provider->name),
               PC_LOG_STR("ends", at));
}

/* Called and returns with the mutex held, which it lets go meanwhile. */
static void renew(struct pc_s3_credentials_cache *c)
{
    struct pc_s3_provider_context context = {.url = c->url, .stop = &c->stop};
    struct pc_s3_credentials fresh;
    struct pc_err err = PC_ERR_INIT;
    c->wanted = false;
    c->busy = true;
    pthread_mutex_unlock(&c->mutex);
    enum pc_code rc = c->provider->fetch(&context, &fresh, &err);
    pthread_mutex_lock(&c->mutex);
    if (!rc) {
        pc_s3_credentials_finish(&c->credentials);
        c->credentials = fresh;
        c->due_ms = next_renewal_ms(&c->credentials);
    } else {
        c->due_ms = pc_clock_wall_ms() + RETRY_MS;
        c->failed_ms = pc_clock_mono_ms();
    }
    int64_t expires_ms = c->credentials.expires_ms;
    c->failed = err;
    c->rounds++;
    c->busy = false;
    pthread_cond_broadcast(&c->round_ended);
    pthread_mutex_unlock(&c->mutex);
    if (!atomic_load(&c->stop))
        log_renewal(c, expires_ms, &err);
    pthread_mutex_lock(&c->mutex);
}

/* The wall clock may be set, so it is looked at again and again. */
static int64_t wait_limit_ms(const struct pc_s3_credentials_cache *c, int64_t left_ms)
{
    if (c->due_ms == PC_S3_NEVER_EXPIRES)
        return INT64_MAX;
    return pc_clock_mono_ms() + (left_ms < CLOCK_CHECK_MS ? left_ms : CLOCK_CHECK_MS);
}

static void *renew_loop(void *ctx)
{
    struct pc_s3_credentials_cache *c = ctx;
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->stop)) {
        int64_t left_ms = c->due_ms - pc_clock_wall_ms();
        if (c->wanted || left_ms <= 0)
            renew(c);
        else
            (void)pc_sync_wait_until(&c->wake, &c->mutex, wait_limit_ms(c, left_ms));
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

/* Beginning and end */

static enum pc_code fail_no_credentials(const struct pc_buf *tried, struct pc_err *err)
{
    return pc_fail(err, PC_E_CONFIG,
                   "The S3 store wants a key. Tried: AWS_ACCESS_KEY_ID (not set), %s.",
                   pc_buf_text(tried));
}

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
        rc = fail_no_credentials(&tried, err);
    else if (!rc)
        pc_err_clear(err);
    pc_buf_finish(&tried);
    return rc;
}

static enum pc_code start_renewer(struct pc_s3_credentials_cache *c, struct pc_err *err)
{
    c->due_ms = next_renewal_ms(&c->credentials);
    if (pthread_create(&c->renewer, NULL, renew_loop, c)) {
        c->provider = NULL; /* there is none to join */
        return pc_fail_detail(err, PC_E_INTERNAL, "no thread for the keys of the S3 account");
    }
    log_renewal(c, c->credentials.expires_ms, err);
    return PC_OK;
}

enum pc_code pc_s3_credentials_cache_create(const struct pc_s3_url *url,
                                            struct pc_s3_credentials_cache **out,
                                            struct pc_err *err)
{
    enum pc_code rc = pc_s3_http_init(err);
    if (rc)
        return rc;
    struct pc_s3_credentials_cache *c = pc_xzalloc(sizeof *c);
    c->url = url;
    c->sure_ms = c->unsure_ms = c->failed_ms = INT64_MIN / 2;
    pthread_mutex_init(&c->mutex, NULL);
    pc_sync_cond_init(&c->wake);
    pc_sync_cond_init(&c->round_ended);
    if (url->key_id) {
        c->credentials = pc_s3_credentials_copy(&(struct pc_s3_credentials){
            url->key_id, url->secret, url->session, PC_S3_NEVER_EXPIRES});
        rc = pc_s3_credentials_check(&c->credentials, PC_E_CONFIG, err);
    } else {
        rc = fetch_from_first(c, err);
        if (rc)
            c->provider = NULL;
        else
            rc = start_renewer(c, err);
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
        pthread_mutex_lock(&c->mutex);
        atomic_store(&c->stop, true);
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->mutex);
        pthread_join(c->renewer, NULL);
    }
    pc_s3_credentials_finish(&c->credentials);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    pthread_cond_destroy(&c->round_ended);
    free(c);
}

/* Using */

const char *pc_s3_credentials_cache_provider(const struct pc_s3_credentials_cache *c)
{
    return c->provider ? c->provider->name : NULL;
}

/* Until the round that goes on, or else the next, has ended. With the mutex held. */
static void await_renewal(struct pc_s3_credentials_cache *c)
{
    unsigned seen = c->rounds;
    c->wanted = c->wanted || !c->busy;
    pthread_cond_signal(&c->wake);
    while (c->rounds == seen)
        pthread_cond_wait(&c->round_ended, &c->mutex);
}

static bool usable(const struct pc_s3_credentials_cache *c)
{
    return c->credentials.expires_ms > pc_clock_wall_ms();
}

enum pc_code pc_s3_credentials_cache_get(struct pc_s3_credentials_cache *c,
                                         struct pc_s3_credentials *out, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&c->mutex);
    bool tried = c->failed.code && pc_clock_mono_ms() - c->failed_ms < MIN_INTERVAL_MS;
    if (!usable(c) && !tried)
        await_renewal(c);
    if (usable(c))
        *out = pc_s3_credentials_copy(&c->credentials);
    else
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "keys of the S3 account, from %s: %s %s",
                            c->provider->name, c->failed.message, c->failed.detail);
    pthread_mutex_unlock(&c->mutex);
    return rc;
}

bool pc_s3_credentials_cache_peek(struct pc_s3_credentials_cache *c, struct pc_s3_credentials *out)
{
    pthread_mutex_lock(&c->mutex);
    bool is_usable = usable(c);
    if (is_usable)
        *out = pc_s3_credentials_copy(&c->credentials);
    pthread_mutex_unlock(&c->mutex);
    return is_usable;
}

static bool differ(const struct pc_s3_credentials_cache *c, const struct pc_s3_credentials *used)
{
    return !pc_str_eq(c->credentials.key_id, used->key_id) ||
           !pc_str_eq(c->credentials.secret, used->secret) ||
           !pc_str_eq(c->credentials.session, used->session);
}

bool pc_s3_credentials_cache_rejected(struct pc_s3_credentials_cache *c,
                                      const struct pc_s3_credentials *used, bool sure)
{
    if (!c->provider)
        return false;
    pthread_mutex_lock(&c->mutex);
    int64_t now_ms = pc_clock_mono_ms(), *last_ms = sure ? &c->sure_ms : &c->unsure_ms;
    bool due = now_ms - *last_ms >= (sure ? MIN_INTERVAL_MS : UNSURE_MS);
    if (!differ(c, used) && (due || c->wanted || c->busy)) {
        *last_ms = now_ms;
        await_renewal(c);
    }
    bool changed = differ(c, used) && usable(c);
    pthread_mutex_unlock(&c->mutex);
    return changed;
}
