#include "queue/notifier.h"

#include <time.h>

void pc_notifier_init(struct pc_notifier *notifier)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&notifier->changed, &attr);
    pthread_condattr_destroy(&attr);
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

static struct timespec deadline_after(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

bool pc_notifier_wait(struct pc_notifier *notifier, struct pc_notifier_mark *mark, int64_t ms)
{
    struct timespec until = deadline_after(ms);
    pthread_mutex_lock(&notifier->lock);
    int over = 0;
    while (!over && notifier->notified == mark->notified && notifier->woken == mark->woken)
        over = pthread_cond_timedwait(&notifier->changed, &notifier->lock, &until);
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
