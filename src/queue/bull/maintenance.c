/* What has to be done from time to time: delayed jobs that are due wait again, jobs of dead workers
 * are requeued, and notifications that pc_queue_publish left here are sent. Every process does all
 * of it; the scripts make sure that nothing happens twice. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/sync.h"
#include "queue/bull/internal.h"

enum { CHECK_EVERY_MS = 5000, RETRY_MS = 500 };

static bool send_notification(struct pc_bull *b, const char *channel,
                              struct pc_bull_notification notification)
{
    struct pc_err err = PC_ERR_INIT;
    redisReply *reply;
    json_t *json = json_pack("{ss sI sb}", "from", b->instance_id, "id",
                             (json_int_t)notification.image_id, "removed", notification.removed);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    enum pc_code rc =
        pc_bull_command(b, 3, (const char *[]){"PUBLISH", channel, text}, &reply, &err);
    freeReplyObject(reply);
    free(text);
    return rc == PC_OK;
}

/* If one cannot be sent, neither can the rest: then the subscribers are told later to look at all
 * images. */
static void send_all(struct pc_bull *b, const struct pc_bull_outbox *outbox)
{
    char *channel = pc_xasprintf("%sposecraft", b->key_prefix);
    bool ok = true;
    if (outbox->missed)
        ok = send_notification(b, channel, (struct pc_bull_notification){.image_id = 0});
    else
        for (int i = 0; i < outbox->n && ok; i++)
            ok = send_notification(b, channel, outbox->items[i]);
    free(channel);
    if (ok)
        return;
    pthread_mutex_lock(&b->maintenance.lock);
    b->maintenance.outbox.missed = true;
    pthread_mutex_unlock(&b->maintenance.lock);
}

/* *left_ms: until the next delayed job is due; -1: there is none. */
static enum pc_code promote(struct pc_bull *b, int64_t *left_ms, struct pc_err *err)
{
    const char *const args[] = {b->instance_id};
    return pc_bull_script_run_int(b, PC_BULL_PROMOTE, 1, args, left_ms, err);
}

/* Sleeps until until_ms, or until there is something to do, and moves the outbox out. Returns
 * whether to go on. */
static bool wait_for_work(struct pc_bull_maintenance *m, int64_t until_ms, bool *check_delayed,
                          struct pc_bull_outbox *outbox)
{
    pthread_mutex_lock(&m->lock);
    while (!m->stop && !m->check_delayed && !m->outbox.n && pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&m->wake_cond, &m->lock, until_ms);
    *outbox = m->outbox;
    *check_delayed = m->check_delayed;
    m->outbox.n = 0;
    m->check_delayed = m->outbox.missed = false;
    bool go_on = !m->stop;
    pthread_mutex_unlock(&m->lock);
    return go_on;
}

static void *maintain(void *ctx)
{
    struct pc_bull *b = ctx;
    struct pc_bull_outbox outbox;
    int64_t interval_ms = 1, promote_at_ms = 0, requeue_at_ms = 0;
    bool go_on = true;
    (void)pc_str_to_i64(b->stalled_ms, 1, INT64_MAX, &interval_ms);
    while (go_on) {
        struct pc_err err = PC_ERR_INIT;
        const char *const interval[] = {b->stalled_ms};
        int64_t until_ms = promote_at_ms < requeue_at_ms ? promote_at_ms : requeue_at_ms;
        int64_t requeued = 0, left_ms = -1;
        bool check_delayed;
        go_on = wait_for_work(&b->maintenance, until_ms, &check_delayed, &outbox);
        if (outbox.n || outbox.missed) /* also at the end: the last notifications */
            send_all(b, &outbox);
        if (go_on && pc_clock_mono_ms() >= requeue_at_ms) {
            if (!pc_bull_script_run_int(b, PC_BULL_STALLED, 1, interval, &requeued, &err) &&
                requeued)
                pc_log(PC_LOG_WARN, "jobs of dead workers wait again", PC_LOG_I64("n", requeued));
            requeue_at_ms = pc_clock_mono_ms() + interval_ms;
        }
        if (go_on && (check_delayed || pc_clock_mono_ms() >= promote_at_ms)) {
            if (promote(b, &left_ms, &err))
                left_ms = RETRY_MS;
            else if (left_ms < 0 || left_ms > CHECK_EVERY_MS)
                left_ms = CHECK_EVERY_MS;
            promote_at_ms = pc_clock_mono_ms() + left_ms;
        }
    }
    return NULL;
}

/* Finds out at start whether the user may run scripts and publish. An empty message means nothing
 * to subscribers. */
static enum pc_code check_permissions(struct pc_bull *b, struct pc_err *err)
{
    char *channel = pc_xasprintf("%sposecraft", b->key_prefix);
    redisReply *reply = NULL;
    int64_t left_ms;
    enum pc_code rc = promote(b, &left_ms, err);
    if (rc != PC_E_CONFIG)
        rc = pc_bull_command(b, 3, (const char *[]){"PUBLISH", channel, ""}, &reply, err);
    freeReplyObject(reply);
    free(channel);
    return rc == PC_E_CONFIG ? rc : PC_OK;
}

enum pc_code pc_bull_maintenance_start(struct pc_bull *b, struct pc_err *err)
{
    struct pc_bull_maintenance *m = &b->maintenance;
    enum pc_code rc = check_permissions(b, err);
    if (rc)
        return rc;
    pthread_mutex_init(&m->lock, NULL);
    pc_sync_cond_init(&m->wake_cond);
    m->started = pthread_create(&m->thread, NULL, maintain, b) == 0;
    return m->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
}

void pc_bull_maintenance_stop(struct pc_bull *b)
{
    struct pc_bull_maintenance *m = &b->maintenance;
    if (!m->started)
        return;
    pthread_mutex_lock(&m->lock);
    m->stop = true;
    pthread_cond_signal(&m->wake_cond);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    pthread_cond_destroy(&m->wake_cond);
    pthread_mutex_destroy(&m->lock);
}

void pc_bull_maintenance_check_delayed(struct pc_bull *b)
{
    pthread_mutex_lock(&b->maintenance.lock);
    b->maintenance.check_delayed = true;
    pthread_cond_signal(&b->maintenance.wake_cond);
    pthread_mutex_unlock(&b->maintenance.lock);
}

void pc_bull_maintenance_publish(struct pc_bull *b, struct pc_bull_notification notification)
{
    struct pc_bull_maintenance *m = &b->maintenance;
    pthread_mutex_lock(&m->lock);
    if (m->outbox.n < PC_BULL_NOTIFICATIONS_MAX)
        m->outbox.items[m->outbox.n++] = notification;
    else
        m->outbox.missed = true;
    pthread_cond_signal(&m->wake_cond);
    pthread_mutex_unlock(&m->lock);
}
