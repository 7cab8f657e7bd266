#include <stdlib.h>

#include "base/mem.h"
#include "service/internal.h"

struct pc_service *pc_service_create(const struct pc_service_parts *parts)
{
    struct pc_service *svc = pc_xmalloc(sizeof *svc);
    svc->parts = *parts;
    svc->line =
        (struct pc_pipeline){.config = parts->config, .pose = parts->pose, .thumbnail = true};
    svc->book = pc_book_open(parts->records, parts->recipes, !*parts->config->recipes);
    svc->events = pc_events_create();
    pthread_mutex_init(&svc->originals, NULL);
    return svc;
}

void pc_service_destroy(struct pc_service *svc)
{
    if (!svc)
        return;
    pc_book_close(svc->book);
    pc_events_destroy(svc->events);
    pthread_mutex_destroy(&svc->originals);
    free(svc);
}

struct pc_events *pc_service_events(struct pc_service *svc)
{
    return svc->events;
}

const struct pc_config *pc_service_config(const struct pc_service *svc)
{
    return svc->parts.config;
}

bool pc_service_records_remote(const struct pc_service *svc)
{
    return pc_records_remote(svc->parts.records);
}
