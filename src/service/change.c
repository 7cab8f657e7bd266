#include "service/change.h"

#include "service/internal.h"
#include "service/query.h"

enum pc_code pc_service_retry(struct pc_service *svc, int64_t id, enum pc_priority priority,
                              struct pc_record *r, struct pc_err *err)
{
    struct pc_record own = {0};
    enum pc_code rc = priority ? pc_queue_check_capacity(svc->parts.queue, 1, err) : PC_OK;
    if (!rc)
        rc = pc_records_retry(svc->parts.records, id, &own, err);
    if (rc)
        return rc;
    if (priority)
        pc_service_queue_image(svc, id, own.url, priority);
    else
        pc_events_changed(svc->events, id);
    if (r)
        *r = own;
    else
        pc_record_finish(&own);
    return PC_OK;
}

enum pc_code pc_service_cancel(struct pc_service *svc, int64_t id, struct pc_err *err)
{
    enum pc_record_status status;
    struct pc_err late = PC_ERR_INIT;
    enum pc_code rc =
        pc_records_fail(svc->parts.records, id, pc_code_name(PC_E_CANCELLED),
                        "The image was cancelled before it was processed.", true, err);
    if (rc == PC_E_NOT_PENDING && pc_service_status(svc, id, &status, &late) == PC_E_NOT_FOUND)
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    if (rc)
        return rc;
    if (pc_queue_remove(svc->parts.queue, id, &late))
        pc_log_err(PC_LOG_WARN, "job not removed", &late, PC_LOG_I64("id", id));
    pc_events_changed(svc->events, id);
    return PC_OK;
}

enum pc_code pc_service_remove(struct pc_service *svc, int64_t id, struct pc_err *err)
{
    struct pc_record r = {0};
    struct pc_err late = PC_ERR_INIT;
    enum pc_code rc = pc_records_remove(svc->parts.records, id, &r, err);
    if (!rc) {
        if (pc_queue_remove(svc->parts.queue, id, &late))
            pc_log_err(PC_LOG_WARN, "job not removed", &late, PC_LOG_I64("id", id));
        pc_service_remove_original(svc, r.original_key);
        for (int i = 0; i < r.result.n_shots; i++)
            pc_service_remove_blob(svc, r.result.shots[i].key);
        pc_service_remove_blob(svc, r.result.thumbnail);
        pc_events_removed(svc->events, id);
    }
    pc_record_finish(&r);
    return rc;
}
