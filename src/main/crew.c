#include "main/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "image/image.h"
#include "main/commands.h"

struct crew {
    int n;
    void (*piece)(void *ctx, int i);
    void *ctx;
    atomic_int next;
};

static void *work(void *arg)
{
    struct crew *crew = arg;
    while (!pc_signals_stop()) {
        int i = atomic_fetch_add(&crew->next, 1);
        if (i >= crew->n)
            break;
        crew->piece(crew->ctx, i);
    }
    pc_image_thread_end();
    return NULL;
}

void pc_crew_run(int threads, int n, void (*piece)(void *ctx, int i), void *ctx)
{
    struct crew crew = {.n = n, .piece = piece, .ctx = ctx};
    int most = threads < n ? threads : n, others = most > 1 ? most - 1 : 0, started = 0;
    pthread_t *ids = pc_xmalloc((size_t)(others + 1) * sizeof *ids);
    while (started < others && pthread_create(&ids[started], NULL, work, &crew) == 0)
        started++;
    work(&crew);
    for (int i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    free(ids);
}
