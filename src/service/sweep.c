/* Repairs what killed processes leave: queues pending records that have no job, and removes what is
 * left of uploads that never ended. */
#include "base/clock.h"
#include "service/internal.h"

enum {
    REQUEUE_AFTER_MS = 30 * 1000,     /* a submit takes milliseconds between record and job */
    PIECES_AFTER_MS = 60 * 60 * 1000, /* no upload at the lowest allowed rate takes so long */
    SWEEP_MAX = 1000
};

/* Stops at the first error: if the queue is unavailable, each further call would wait for it in
 * vain. */
void pc_service_requeue_lost(struct pc_service *svc, int64_t before_ms)
{
    int64_t ids[SWEEP_MAX];
    int n = 0, queued = 0;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc =
        pc_records_list_stale(svc->parts.records, before_ms, ids, SWEEP_MAX, &n, &err);
    for (int i = 0; i < n && !rc; i++) {
        struct pc_record r = {0};
        bool has = true, added = false;
        rc = pc_queue_has(svc->parts.queue, ids[i], &has, &err);
        if (rc || has)
            continue;
        rc = pc_records_get(svc->parts.records, ids[i], &r, &err);
        if (!rc && r.status == PC_PENDING)
            rc = pc_queue_add(svc->parts.queue, ids[i], r.url, PC_PRIORITY_BULK, &added, &err);
        if (rc == PC_E_NOT_FOUND) /* removed since the list was read */
            rc = PC_OK;
        pc_record_finish(&r);
        queued += added;
    }
    if (rc)
        pc_log_err(PC_LOG_WARN, "sweep for images without a job failed", &err);
    if (queued)
        pc_log(PC_LOG_WARN, "pending images without a job were queued again",
               PC_LOG_I64("n", queued));
}

void pc_service_sweep(struct pc_service *svc)
{
    struct pc_err err = PC_ERR_INIT;
    int dropped = 0;
    pc_service_requeue_lost(svc, pc_clock_wall_ms() - REQUEUE_AFTER_MS);
    if (pc_blobs_sweep(svc->parts.blobs, pc_clock_wall_ms() - PIECES_AFTER_MS, &dropped, &err))
        pc_log_err(PC_LOG_WARN, "sweep for unfinished uploads failed", &err);
    else if (dropped)
        pc_log(PC_LOG_INFO, "unfinished uploads were dropped", PC_LOG_I64("n", dropped));
}
