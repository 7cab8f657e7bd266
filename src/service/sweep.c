/* What died in between is put right: pending records without a job get one, pieces of uploads that
 * never ended are dropped. */
#include "base/clock.h"
#include "service/internal.h"

enum {
    STALE_AFTER_MS = 30 * 1000,       /* an accept takes milliseconds between record and job */
    PIECES_AFTER_MS = 60 * 60 * 1000, /* no upload at the least allowed rate takes so long */
    SWEEP_MAX = 1000
};

/* Answers 1 when the image had no job and has one now. */
static int requeue(struct pc_service *svc, int64_t id, struct pc_err *err)
{
    struct pc_record r = {0};
    bool has = true, added = false;
    enum pc_code rc = pc_queue_has(svc->parts.queue, id, &has, err);
    if (!rc && !has)
        rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc && !has && r.status == PC_PENDING)
        rc = pc_queue_add(svc->parts.queue, id, r.url, PC_PRIORITY_BATCH, &added, err);
    pc_record_finish(&r);
    return !rc && added;
}

static void requeue_lost(struct pc_service *svc)
{
    int64_t ids[SWEEP_MAX];
    int n = 0, queued = 0;
    struct pc_err err = PC_ERR_INIT;
    if (pc_records_stale(svc->parts.records, pc_wall_ms() - STALE_AFTER_MS, ids, SWEEP_MAX, &n,
                         &err)) {
        pc_log_err(PC_LOG_WARN, "sweep failed", &err);
        return;
    }
    for (int i = 0; i < n; i++)
        queued += requeue(svc, ids[i], &err);
    if (queued)
        pc_log(PC_LOG_WARN, "pending images without a job queued again", PC_LOG_I64("n", queued));
}

void pc_service_sweep(struct pc_service *svc)
{
    struct pc_err err = PC_ERR_INIT;
    int dropped = 0;
    requeue_lost(svc);
    if (pc_blobs_sweep(svc->parts.blobs, pc_wall_ms() - PIECES_AFTER_MS, &dropped, &err))
        pc_log_err(PC_LOG_WARN, "sweep of unfinished uploads failed", &err);
    else if (dropped)
        pc_log(PC_LOG_INFO, "unfinished uploads dropped", PC_LOG_I64("n", dropped));
}
