#include "queue/notifier.h"

#include "base/clock.h"
#include "base/sync.h"

void pc_notifier_init(struct pc_notifier *notifier)
{
    pc_sync_cond_init(&notifier->changed);
    pthread_mutex_init(&notifier->lock, NULL);
    notifier->notified = notifier->woken = 0;
}

void pc_notifier_finish(struct pc_notifier *notifier)
{
    pthread_cond_destroy(&notifier->changed);
    pthread_mutex_destroy(&notifier->lock);
}

struct pc_notifier_mark pc_notifier_get_mark(struct pc_notifier *notifier)
{
    pthread_mutex_lock(&notifier->lock);
    struct pc_notifier_mark mark = {notifier->notified, notifier->woken};
    pthread_mutex_unlock(&notifier->lock);
    return mark;
}

bool pc_notifier_wait(struct pc_notifier *notifier, struct pc_notifier_mark *mark, int64_t ms)
{
    int64_t until_ms = pc_clock_mono_ms() + ms;
    pthread_mutex_lock(&notifier->lock);
    bool in_time = true;
    while (in_time && notifier->notified == mark->notified && notifier->woken == mark->woken)
        in_time = pc_sync_wait_until(&notifier->changed, &notifier->lock, until_ms);
    bool woken = notifier->woken != mark->woken;
    mark->notified = notifier->notified;
    pthread_mutex_unlock(&notifier->lock);
    return woken;
}

void pc_notifier_notify(struct pc_notifier *notifier)
{
    pthread_mutex_lock(&notifier->lock);
    notifier->notified++;
    pthread_cond_signal(&notifier->changed);
    pthread_mutex_unlock(&notifier->lock);
}

void pc_notifier_wake_all(struct pc_notifier *notifier)
{
    pthread_mutex_lock(&notifier->lock);
    notifier->woken++;
    pthread_cond_broadcast(&notifier->changed);
    pthread_mutex_unlock(&notifier->lock);
}
