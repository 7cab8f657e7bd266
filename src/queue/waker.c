#include "queue/waker.h"

#include <time.h>

void pc_waker_init(struct pc_waker *w)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&w->lock, NULL);
    w->added = w->woken = 0;
}

void pc_waker_finish(struct pc_waker *w)
{
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
}

struct pc_waker_mark pc_waker_look(struct pc_waker *w)
{
    pthread_mutex_lock(&w->lock);
    struct pc_waker_mark mark = {w->added, w->woken};
    pthread_mutex_unlock(&w->lock);
    return mark;
}

static struct timespec in_ms(int64_t ms)
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

bool pc_waker_sleep(struct pc_waker *w, struct pc_waker_mark *mark, int64_t ms)
{
    struct timespec until = in_ms(ms);
    pthread_mutex_lock(&w->lock);
    int over = 0;
    while (!over && w->added == mark->added && w->woken == mark->woken)
        over = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    bool woken = w->woken != mark->woken;
    mark->added = w->added;
    pthread_mutex_unlock(&w->lock);
    return woken;
}

void pc_waker_added(struct pc_waker *w)
{
    pthread_mutex_lock(&w->lock);
    w->added++;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void pc_waker_wake(struct pc_waker *w)
{
    pthread_mutex_lock(&w->lock);
    w->woken++;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}
