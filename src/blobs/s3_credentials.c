#include "blobs/s3_credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3_http.h"

enum {
    MARGIN_MS = 5 * 60 * 1000, /* renewed so long before the end, */
    MARGIN_PART = 4,           /* but in the last quarter of the life */
    LEAST_MS = 1000,           /* between renewals */
    AGAIN_MS = 30 * 1000,      /* after one that failed, when nobody waits */
    UNSURE_MS = 60 * 1000,     /* between renewals for refusals that may have other reasons */
    LOOK_MS = 60 * 1000        /* the wall clock may be set: it is looked at so often */
};

/* In the order in which they are asked. */
static const struct pc_s3_source *const sources[] = {&pc_s3_profile, &pc_s3_web_identity,
                                                     &pc_s3_container, &pc_s3_instance};

struct pc_s3_credentials {
    const struct pc_s3_address *address;
    const struct pc_s3_source *source; /* NULL: the keys stand in the address, nothing changes */
    pthread_t keeper;
    atomic_bool stop;
    pthread_mutex_t mutex; /* guards all that follows, and changes of stop */
    pthread_cond_t wake;   /* the keeper */
    pthread_cond_t told;   /* those who wait for the end of a round */
    struct pc_s3_keys keys;
    int64_t due_ms;             /* wall time of the next renewal */
    bool wanted, busy;          /* somebody waits for one; it goes on */
    unsigned rounds;            /* renewals that have ended, well or not */
    struct pc_err failed;       /* of the last one; PC_OK when it went well */
    int64_t failed_ms;          /* monotonic */
    int64_t sure_ms, unsure_ms; /* monotonic: the last renewal for a refusal */
};

/* Renewing */

static int64_t due_of(const struct pc_s3_keys *k)
{
    if (k->ends_ms == PC_S3_LASTING)
        return PC_S3_LASTING;
    int64_t now_ms = pc_wall_ms(), left_ms = k->ends_ms - now_ms;
    int64_t margin_ms = left_ms / MARGIN_PART < MARGIN_MS ? left_ms / MARGIN_PART : MARGIN_MS;
    int64_t due_ms = k->ends_ms - margin_ms;
    return due_ms > now_ms + LEAST_MS ? due_ms : now_ms + LEAST_MS;
}

static void log_round(const struct pc_s3_credentials *c, int64_t ends_ms, const struct pc_err *err)
{
    char at[25] = "never";
    if (ends_ms != PC_S3_LASTING)
        (void)pc_clock_iso(ends_ms, at);
    if (err->code)
        pc_log_err(PC_LOG_WARN, "keys of the S3 account not renewed", err,
                   PC_LOG_STR("from", c->source->name), PC_LOG_STR("ends", at));
    else
        pc_log(PC_LOG_INFO, "keys of the S3 account", PC_LOG_STR("from", c->source->name),
               PC_LOG_STR("ends", at));
}

/* Called and returns with the mutex held, which it lets go meanwhile. */
static void renew(struct pc_s3_credentials *c)
{
    struct pc_s3_asker asker = {.address = c->address, .stop = &c->stop};
    struct pc_s3_keys fresh;
    struct pc_err err = PC_ERR_INIT;
    c->wanted = false;
    c->busy = true;
    pthread_mutex_unlock(&c->mutex);
    enum pc_code rc = c->source->ask(&asker, &fresh, &err);
    pthread_mutex_lock(&c->mutex);
    if (!rc) {
        pc_s3_keys_finish(&c->keys);
        c->keys = fresh;
        c->due_ms = due_of(&c->keys);
    } else {
        c->due_ms = pc_wall_ms() + AGAIN_MS;
        c->failed_ms = pc_mono_ms();
    }
    int64_t ends_ms = c->keys.ends_ms;
    c->failed = err;
    c->rounds++;
    c->busy = false;
    pthread_cond_broadcast(&c->told);
    pthread_mutex_unlock(&c->mutex);
    if (!atomic_load(&c->stop))
        log_round(c, ends_ms, &err);
    pthread_mutex_lock(&c->mutex);
}

static void wait_until_due(struct pc_s3_credentials *c, int64_t left_ms)
{
    struct timespec at;
    int64_t wait_ms = left_ms < LOOK_MS ? left_ms : LOOK_MS;
    if (c->due_ms == PC_S3_LASTING) {
        pthread_cond_wait(&c->wake, &c->mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + wait_ms % 1000 * 1000000;
    at.tv_sec += wait_ms / 1000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    (void)pthread_cond_timedwait(&c->wake, &c->mutex, &at);
}

static void *keep(void *ctx)
{
    struct pc_s3_credentials *c = ctx;
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->stop)) {
        int64_t left_ms = c->due_ms - pc_wall_ms();
        if (c->wanted || left_ms <= 0)
            renew(c);
        else
            wait_until_due(c, left_ms);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

/* Beginning and end */

static enum pc_code fail_without(const struct pc_buf *tried, struct pc_err *err)
{
    return pc_fail(err, PC_E_CONFIG,
                   "The S3 store wants a key. Tried: AWS_ACCESS_KEY_ID (not set), %s.",
                   pc_buf_text(tried));
}

static enum pc_code ask_in_order(struct pc_s3_credentials *c, struct pc_err *err)
{
    struct pc_s3_asker asker = {.address = c->address};
    struct pc_buf tried = PC_BUF_INIT;
    size_t n = *c->address->profile ? 1 : sizeof sources / sizeof *sources;
    enum pc_code rc = PC_E_NOT_FOUND;
    for (size_t i = 0; i < n && rc == PC_E_NOT_FOUND; i++) {
        rc = sources[i]->ask(&asker, &c->keys, err);
        c->source = sources[i];
        if (rc == PC_E_NOT_FOUND)
            pc_buf_printf(&tried, "%s%s (%s)", i ? ", " : "", sources[i]->name, err->message);
    }
    if (rc == PC_E_NOT_FOUND)
        rc = fail_without(&tried, err);
    else if (!rc)
        pc_err_clear(err);
    pc_buf_finish(&tried);
    return rc;
}

static enum pc_code start_keeper(struct pc_s3_credentials *c, struct pc_err *err)
{
    c->due_ms = due_of(&c->keys);
    if (pthread_create(&c->keeper, NULL, keep, c)) {
        c->source = NULL; /* there is none to join */
        return pc_fail_detail(err, PC_E_INTERNAL, "no thread for the keys of the S3 account");
    }
    log_round(c, c->keys.ends_ms, err);
    return PC_OK;
}

static void init_locks(struct pc_s3_credentials *c)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->wake, &attributes);
    pthread_cond_init(&c->told, NULL);
    pthread_condattr_destroy(&attributes);
}

enum pc_code pc_s3_credentials_create(const struct pc_s3_address *address,
                                      struct pc_s3_credentials **out, struct pc_err *err)
{
    enum pc_code rc = pc_s3_http_start(err);
    if (rc)
        return rc;
    struct pc_s3_credentials *c = pc_xmalloc(sizeof *c);
    c->address = address;
    c->sure_ms = c->unsure_ms = c->failed_ms = INT64_MIN / 2;
    init_locks(c);
    if (address->key_id) {
        c->keys = pc_s3_keys_copy(&(struct pc_s3_keys){address->key_id, address->secret,
                                                       address->session, PC_S3_LASTING});
        rc = pc_s3_keys_check(&c->keys, PC_E_CONFIG, err);
    } else {
        rc = ask_in_order(c, err);
        if (rc)
            c->source = NULL;
        else
            rc = start_keeper(c, err);
    }
    if (rc)
        pc_s3_credentials_destroy(c);
    else
        *out = c;
    return rc;
}

void pc_s3_credentials_destroy(struct pc_s3_credentials *c)
{
    if (!c)
        return;
    if (c->source) {
        pthread_mutex_lock(&c->mutex);
        atomic_store(&c->stop, true);
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->mutex);
        pthread_join(c->keeper, NULL);
    }
    pc_s3_keys_finish(&c->keys);
    pthread_mutex_destroy(&c->mutex);
    pthread_cond_destroy(&c->wake);
    pthread_cond_destroy(&c->told);
    free(c);
}

/* Using */

const char *pc_s3_credentials_place(const struct pc_s3_credentials *c)
{
    return c->source ? c->source->name : NULL;
}

/* Until the round that goes on, or else the next, has ended. With the mutex held. */
static void await_round(struct pc_s3_credentials *c)
{
    unsigned seen = c->rounds;
    c->wanted = c->wanted || !c->busy;
    pthread_cond_signal(&c->wake);
    while (c->rounds == seen)
        pthread_cond_wait(&c->told, &c->mutex);
}

static bool good(const struct pc_s3_credentials *c)
{
    return c->keys.ends_ms > pc_wall_ms();
}

enum pc_code pc_s3_credentials_take(struct pc_s3_credentials *c, struct pc_s3_keys *out,
                                    struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    pthread_mutex_lock(&c->mutex);
    bool tried = c->failed.code && pc_mono_ms() - c->failed_ms < LEAST_MS;
    if (!good(c) && !tried)
        await_round(c);
    if (good(c))
        *out = pc_s3_keys_copy(&c->keys);
    else
        rc = pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "keys of the S3 account, from %s: %s %s",
                            c->source->name, c->failed.message, c->failed.detail);
    pthread_mutex_unlock(&c->mutex);
    return rc;
}

bool pc_s3_credentials_look(struct pc_s3_credentials *c, struct pc_s3_keys *out)
{
    pthread_mutex_lock(&c->mutex);
    bool is_good = good(c);
    if (is_good)
        *out = pc_s3_keys_copy(&c->keys);
    pthread_mutex_unlock(&c->mutex);
    return is_good;
}

static bool others(const struct pc_s3_credentials *c, const struct pc_s3_keys *used)
{
    return !pc_streq(c->keys.key_id, used->key_id) || !pc_streq(c->keys.secret, used->secret) ||
           !pc_streq(c->keys.session, used->session);
}

bool pc_s3_credentials_refused(struct pc_s3_credentials *c, const struct pc_s3_keys *used,
                               bool sure)
{
    if (!c->source)
        return false;
    pthread_mutex_lock(&c->mutex);
    int64_t now_ms = pc_mono_ms(), *last_ms = sure ? &c->sure_ms : &c->unsure_ms;
    bool due = now_ms - *last_ms >= (sure ? LEAST_MS : UNSURE_MS);
    if (!others(c, used) && (due || c->wanted || c->busy)) {
        *last_ms = now_ms;
        await_round(c);
    }
    bool changed = others(c, used) && good(c);
    pthread_mutex_unlock(&c->mutex);
    return changed;
}
