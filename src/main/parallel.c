#include "main/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "image/image.h"
#include "main/signals.h"

struct loop {
    int n;
    void (*body)(void *ctx, int i);
    void *ctx;
    atomic_int next;
};

static void *run_loop(void *arg)
{
    struct loop *loop = arg;
    while (!pc_signals_stop_requested()) {
        int i = atomic_fetch_add(&loop->next, 1);
        if (i >= loop->n)
            break;
        loop->body(loop->ctx, i);
    }
    pc_image_thread_shutdown();
    return NULL;
}

void pc_parallel_for(int threads, int n, void (*body)(void *ctx, int i), void *ctx)
{
    struct loop loop = {.n = n, .body = body, .ctx = ctx};
    int limit = threads < n ? threads : n, n_extra = limit > 1 ? limit - 1 : 0, started = 0;
    pthread_t *extra = pc_xzalloc((size_t)(n_extra + 1) * sizeof *extra);
    while (started < n_extra && pthread_create(&extra[started], NULL, run_loop, &loop) == 0)
        started++;
    run_loop(&loop);
    for (int i = 0; i < started; i++)
        pthread_join(extra[i], NULL);
    free(extra);
}
