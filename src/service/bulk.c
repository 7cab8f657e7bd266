/* Actions on many images, by ids or by a filter. A filter is handled in bounded steps in the order
 * of the ids, so an image that fails again meanwhile is not handled twice. */
#include <stdlib.h>
#include <string.h>

#include "service/change.h"
#include "service/internal.h"

enum { STEP = 500 };

static void skip(struct pc_bulk_result *out, int64_t id, const struct pc_err *why)
{
    struct pc_bulk_skipped *skipped = &out->skipped[out->n_skipped++];
    skipped->id = id;
    skipped->code = why->code;
    memcpy(skipped->message, why->message, sizeof skipped->message);
}

/* An error of this image alone is noted, and the next image follows. Any other error ends the run.
 */
static enum pc_code apply(struct pc_service *svc, enum pc_bulk_action action, int64_t id,
                          struct pc_bulk_result *out, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    switch (action) {
    case PC_BULK_RETRY: rc = pc_service_retry(svc, id, PC_PRIORITY_BULK, NULL, err); break;
    case PC_BULK_CANCEL: rc = pc_service_cancel(svc, id, err); break;
    case PC_BULK_DELETE: rc = pc_service_remove(svc, id, err); break;
    }
    if (rc == PC_E_NOT_FOUND || rc == PC_E_NOT_FAILED || rc == PC_E_NOT_PENDING)
        skip(out, id, err);
    else if (rc)
        return rc;
    else
        out->done[out->n_done++] = id;
    out->next = id;
    return PC_OK;
}

static enum pc_code by_ids(struct pc_service *svc, const struct pc_bulk_request *request,
                           struct pc_bulk_result *out, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int i = 0;
    while (i < request->n_ids && !(rc = apply(svc, request->action, request->ids[i], out, err)))
        i++;
    if (!rc || i == 0)
        return rc;
    for (; i < request->n_ids; i++)
        skip(out, request->ids[i], err);
    return PC_OK;
}

static enum pc_code by_filter(struct pc_service *svc, const struct pc_bulk_request *request,
                              struct pc_bulk_result *out, struct pc_err *err)
{
    static const int statuses[] = {
        [PC_BULK_RETRY] = PC_FAILED, [PC_BULK_CANCEL] = PC_PENDING, [PC_BULK_DELETE] = -1};
    struct pc_record_query q = request->filter;
    struct pc_record_list list;
    int only = statuses[request->action];
    if (only >= 0 && q.status >= 0 && q.status != only)
        return PC_OK; /* no image can match both the filter and the action */
    q.status = only >= 0 ? only : q.status;
    q.limit = STEP;
    q.sort = PC_SORT_ID;
    q.descending = false;
    enum pc_code rc = pc_records_list(svc->parts.records, &q, &list, err);
    if (rc)
        return rc;
    out->more = list.n == STEP;
    for (int i = 0; i < list.n && !rc; i++)
        rc = apply(svc, request->action, list.items[i].id, out, err);
    pc_record_list_finish(&list);
    if (!rc || out->next == 0)
        return rc;
    out->more = true; /* the rest of the page is left */
    return PC_OK;
}

enum pc_code pc_service_bulk(struct pc_service *svc, const struct pc_bulk_request *request,
                             struct pc_bulk_result *out, struct pc_err *err)
{
    size_t max = request->ids ? (size_t)request->n_ids : STEP;
    *out = (struct pc_bulk_result){.n_done = 0};
    out->done = pc_xzalloc((max + 1) * sizeof *out->done);
    out->skipped = pc_xzalloc((max + 1) * sizeof *out->skipped);
    enum pc_code rc =
        request->ids ? by_ids(svc, request, out, err) : by_filter(svc, request, out, err);
    if (rc)
        pc_bulk_result_finish(out);
    return rc;
}

void pc_bulk_result_finish(struct pc_bulk_result *result)
{
    free(result->done);
    free(result->skipped);
    *result = (struct pc_bulk_result){.n_done = 0};
}
