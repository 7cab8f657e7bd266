#include <stdlib.h>

#include "base/mem.h"
#include "service/internal.h"

/* Word to and from the other processes at the queue. */
static void publish(void *ctx, int64_t id, bool removed)
{
    struct pc_service *svc = ctx;
    pc_queue_publish(svc->parts.queue, id, removed);
}

static void received(void *ctx, int64_t id, bool removed)
{
    struct pc_service *svc = ctx;
    pc_events_received(svc->events, id, removed);
}

struct pc_service *pc_service_create(const struct pc_service_parts *parts)
{
    struct pc_service *svc = pc_xzalloc(sizeof *svc);
    svc->parts = *parts;
    svc->pipeline = (struct pc_pipeline){.config = parts->config, .pose = parts->pose};
    svc->registry = pc_registry_open(parts->records, parts->recipes, !*parts->config->recipes);
    svc->events = pc_events_create(publish, svc);
    for (int i = 0; i < PC_ORIGINAL_LOCKS; i++)
        pthread_mutex_init(&svc->originals[i], NULL);
    return svc;
}

void pc_service_destroy(struct pc_service *svc)
{
    if (!svc)
        return;
    pc_registry_close(svc->registry);
    pc_events_destroy(svc->events);
    for (int i = 0; i < PC_ORIGINAL_LOCKS; i++)
        pthread_mutex_destroy(&svc->originals[i]);
    free(svc);
}

struct pc_events *pc_service_events(struct pc_service *svc)
{
    return svc->events;
}

bool pc_service_listen(struct pc_service *svc)
{
    if (!svc->listen_tried)
        svc->listens = pc_queue_subscribe(svc->parts.queue, received, svc);
    svc->listen_tried = true;
    return svc->listens;
}

const struct pc_config *pc_service_config(const struct pc_service *svc)
{
    return svc->parts.config;
}

bool pc_service_records_remote(const struct pc_service *svc)
{
    return pc_records_remote(svc->parts.records);
}

bool pc_service_blobs_remote(const struct pc_service *svc)
{
    return pc_blobs_remote(svc->parts.blobs);
}

pthread_mutex_t *pc_service_original_lock(struct pc_service *svc, const char *key)
{
    unsigned h = 5381;
    for (; *key; key++)
        h = h * 33 + (unsigned char)*key;
    return &svc->originals[h % PC_ORIGINAL_LOCKS];
}

enum pc_code pc_service_tombstones(struct pc_service *svc, int64_t since_seq, int64_t *ids, int max,
                                   int *n, bool *all, struct pc_err *err)
{
    return pc_records_list_tombstones(svc->parts.records, since_seq, ids, max, n, all, err);
}

bool pc_service_reachable(struct pc_service *svc)
{
    struct pc_err err = PC_ERR_INIT;
    return !pc_records_ping(svc->parts.records, &err) && !pc_queue_ping(svc->parts.queue, &err) &&
           !pc_blobs_ping(svc->parts.blobs, &err);
}
