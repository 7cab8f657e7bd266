/* Jobs without work: fills a queue, then drains it with some threads of one process.
 *
 *     queue STORE_URL JOBS THREADS
 *
 * Prints {"add": jobs a second, "work": jobs a second, "cpu": microseconds of CPU that this process
 * spends on a job while it drains the queue}. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "queue/drivers.h"
#include "worker/dispatcher.h"

struct drain {
    struct pc_queue *q;
    struct pc_dispatcher *dispatcher;
    int64_t jobs;
    atomic_llong next, done;
};

static void stop_with(const struct pc_err *err)
{
    fprintf(stderr, "%s [%s]\n", err->message, err->detail);
    exit(1);
}

static void *fill(void *ctx)
{
    struct drain *d = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int64_t id; (id = atomic_fetch_add(&d->next, 1)) <= d->jobs;) {
        bool added;
        if (pc_queue_add(d->q, id, "https://example.com/image.jpg", PC_PRIORITY_BULK, &added, &err))
            stop_with(&err);
    }
    return NULL;
}

/* As the workers of the program do. */
static void *work(void *ctx)
{
    struct drain *d = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_job job;
    bool got = false;
    while (got || atomic_load(&d->done) < d->jobs) {
        if (!got && pc_dispatcher_take(d->dispatcher, 100, &job, &got, &err))
            stop_with(&err);
        if (!got)
            continue;
        if (atomic_fetch_add(&d->done, 1) + 1 == d->jobs)
            pc_dispatcher_stop(d->dispatcher); /* the other threads need not wait for a job */
        pc_dispatcher_complete_and_take(d->dispatcher, &job, &got);
    }
    return NULL;
}

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Jobs a second. */
static double run(struct drain *d, int n, void *(*what)(void *ctx))
{
    pthread_t *threads = pc_xzalloc((size_t)n * sizeof *threads);
    int64_t started_us = pc_clock_mono_us();
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, what, d))
            abort();
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return (double)d->jobs * 1e6 / (double)(pc_clock_mono_us() - started_us);
}

static double drain(struct drain *d, int n)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t started_us = pc_clock_mono_us(), lease_ms = 30000;
    if (pc_dispatcher_create(d->q, n, lease_ms, &d->dispatcher, &err))
        stop_with(&err);
    (void)run(d, n, work);
    pc_dispatcher_destroy(d->dispatcher); /* reports the last jobs */
    return (double)d->jobs * 1e6 / (double)(pc_clock_mono_us() - started_us);
}

static const struct pc_queue_driver *driver_of(const char *store_url)
{
    static const struct pc_queue_driver *const all[] = {&pc_queue_memory, &pc_queue_sqlite,
                                                        &pc_queue_bull};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (pc_queue_driver_accepts(all[i], store_url))
            return all[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct drain d = {.next = 1};
    struct pc_err err = PC_ERR_INIT;
    int64_t threads = 0;
    const struct pc_queue_driver *driver = argc == 4 ? driver_of(argv[1]) : NULL;
    if (!driver || !pc_str_to_i64(argv[2], 1, 10000000, &d.jobs) ||
        !pc_str_to_i64(argv[3], 1, 64, &threads)) {
        fputs("usage: queue STORE_URL JOBS THREADS\n", stderr);
        return 2;
    }
    if (pc_queue_open(driver, argv[1], NULL, &d.q, &err))
        stop_with(&err);
    double add = run(&d, (int)threads, fill), started_us = cpu_us();
    double drained = drain(&d, (int)threads);
    printf("{\"add\": %.0f, \"work\": %.0f, \"cpu\": %.1f}\n", add, drained,
           (cpu_us() - started_us) / (double)d.jobs);
    pc_queue_close(d.q);
    return 0;
}
