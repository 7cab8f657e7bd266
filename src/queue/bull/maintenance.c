/* What has to be done from time to time: delayed jobs that are due wait again, jobs without a lock
 * are freed, and words are sent that tell left here. All processes do it; the scripts see to it
 * that nothing happens twice. */
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

/* When one cannot be sent the rest cannot either: then the listeners are to look at all, later. */
static void send_notifications(struct pc_bull *b, const struct pc_bull_notification *notifications,
                               int n, bool missed)
{
    char *channel = pc_xasprintf("%sposecraft", b->key_prefix);
    bool ok = true;
    for (int i = 0; i < n && ok && !missed; i++)
        ok = send_notification(b, channel, notifications[i]);
    if (missed)
        ok = send_notification(b, channel, (struct pc_bull_notification){.image_id = 0});
    free(channel);
    if (ok)
        return;
    pthread_mutex_lock(&b->maintenance.lock);
    b->maintenance.missed = true;
    pthread_mutex_unlock(&b->maintenance.lock);
}

static enum pc_code run_promote(struct pc_bull *b, int64_t *left_ms, struct pc_err *err)
{
    return pc_bull_script_run_int(b, PC_BULL_PROMOTE, 1, (const char *[]){b->instance_id}, left_ms,
                                  err);
}

/* Answers when to look again. */
static int64_t promote(struct pc_bull *b)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t left_ms = -1;
    if (run_promote(b, &left_ms, &err))
        return pc_clock_mono_ms() + RETRY_MS;
    return pc_clock_mono_ms() +
           (left_ms >= 0 && left_ms < CHECK_EVERY_MS ? left_ms : CHECK_EVERY_MS);
}

static void requeue_stalled(struct pc_bull *b)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t freed = 0;
    if (!pc_bull_script_run_int(b, PC_BULL_STALLED, 1, (const char *[]){b->stalled_ms}, &freed,
                                &err) &&
        freed)
        pc_log(PC_LOG_WARN, "jobs of dead workers wait again", PC_LOG_I64("n", freed));
}

/* Sleeps until the time, a poke or a word; moves the words out. Answers whether to go on. */
static bool wait_for_work(struct pc_bull_maintenance *maintenance, int64_t until_ms,
                          int64_t *check_ms, struct pc_bull_notification *notifications, int *n,
                          bool *missed)
{
    pthread_mutex_lock(&maintenance->lock);
    while (!maintenance->stop && !maintenance->check_delayed && !maintenance->n_notifications &&
           pc_clock_mono_ms() < until_ms)
        pc_sync_wait_until(&maintenance->wake_cond, &maintenance->lock, until_ms);
    if (maintenance->check_delayed)
        *check_ms = 0;
    *n = maintenance->n_notifications;
    *missed = maintenance->missed;
    memcpy(notifications, maintenance->notifications, (size_t)*n * sizeof *notifications);
    maintenance->n_notifications = 0;
    maintenance->check_delayed = maintenance->missed = false;
    bool go_on = !maintenance->stop;
    pthread_mutex_unlock(&maintenance->lock);
    return go_on;
}

static void *maintain(void *ctx)
{
    struct pc_bull *b = ctx;
    struct pc_bull_notification notifications[PC_BULL_NOTIFICATIONS_MAX];
    int64_t interval_ms = 1, check_ms = 0, stalled_ms = 0;
    int n;
    bool missed;
    (void)pc_str_to_i64(b->stalled_ms, 1, INT64_MAX, &interval_ms);
    while (wait_for_work(&b->maintenance, check_ms < stalled_ms ? check_ms : stalled_ms, &check_ms,
                         notifications, &n, &missed)) {
        if (n || missed)
            send_notifications(b, notifications, n, missed);
        if (pc_clock_mono_ms() >= stalled_ms) {
            requeue_stalled(b);
            stalled_ms = pc_clock_mono_ms() + interval_ms;
        }
        if (pc_clock_mono_ms() >= check_ms)
            check_ms = promote(b);
    }
    if (n || missed) /* the last words before the end */
        send_notifications(b, notifications, n, missed);
    return NULL;
}

/* Whether the user may run scripts and send words is seen at the start. An empty word is none. */
static enum pc_code check_permissions(struct pc_bull *b, struct pc_err *err)
{
    char *channel = pc_xasprintf("%sposecraft", b->key_prefix);
    redisReply *reply = NULL;
    int64_t left_ms;
    enum pc_code rc = run_promote(b, &left_ms, err);
    if (rc != PC_E_CONFIG)
        rc = pc_bull_command(b, 3, (const char *[]){"PUBLISH", channel, ""}, &reply, err);
    freeReplyObject(reply);
    free(channel);
    return rc == PC_E_CONFIG ? rc : PC_OK;
}

enum pc_code pc_bull_maintenance_start(struct pc_bull *b, struct pc_err *err)
{
    struct pc_bull_maintenance *maintenance = &b->maintenance;
    enum pc_code rc = check_permissions(b, err);
    if (rc)
        return rc;
    pthread_mutex_init(&maintenance->lock, NULL);
    pc_sync_cond_init(&maintenance->wake_cond);
    maintenance->started = pthread_create(&maintenance->thread, NULL, maintain, b) == 0;
    return maintenance->started ? PC_OK : pc_fail_detail(err, PC_E_QUEUE_UNAVAILABLE, "no thread");
}

void pc_bull_maintenance_stop(struct pc_bull *b)
{
    struct pc_bull_maintenance *maintenance = &b->maintenance;
    if (!maintenance->started)
        return;
    pthread_mutex_lock(&maintenance->lock);
    maintenance->stop = true;
    pthread_cond_signal(&maintenance->wake_cond);
    pthread_mutex_unlock(&maintenance->lock);
    pthread_join(maintenance->thread, NULL);
    pthread_cond_destroy(&maintenance->wake_cond);
    pthread_mutex_destroy(&maintenance->lock);
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
    struct pc_bull_maintenance *maintenance = &b->maintenance;
    pthread_mutex_lock(&maintenance->lock);
    if (maintenance->n_notifications < PC_BULL_NOTIFICATIONS_MAX)
        maintenance->notifications[maintenance->n_notifications++] = notification;
    else
        maintenance->missed = true;
    pthread_cond_signal(&maintenance->wake_cond);
    pthread_mutex_unlock(&maintenance->lock);
}
