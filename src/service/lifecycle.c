/* Creating and destroying a service. */
#include <stdlib.h>

#include "service/internal.h"

/* Changes go to the other processes at this queue, and come from them. */
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
    for (int i = 0; i < PC_SERVICE_ORIGINAL_LOCKS; i++)
        pthread_mutex_init(&svc->originals[i], NULL);
    return svc;
}

void pc_service_destroy(struct pc_service *svc)
{
    if (!svc)
        return;
    pc_registry_close(svc->registry);
    pc_events_destroy(svc->events);
    for (int i = 0; i < PC_SERVICE_ORIGINAL_LOCKS; i++)
        pthread_mutex_destroy(&svc->originals[i]);
    free(svc);
}

struct pc_events *pc_service_events(struct pc_service *svc)
{
    return svc->events;
}

struct pc_registry *pc_service_registry(struct pc_service *svc)
{
    return svc->registry;
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
