/* Actions on many images: by ids, or by a filter in bounded steps in order of id, so that an image
 * that fails again while the steps run is not met twice. */
#include "base/str.h"
#include "service/internal.h"

enum { STEP = 500 };

static enum pc_code apply(struct pc_service *svc, enum pc_bulk_action action, int64_t id,
                          struct pc_err *err)
{
    switch (action) {
    case PC_BULK_RETRY: return pc_service_reopen(svc, id, PC_PRIORITY_BATCH, NULL, err);
    case PC_BULK_CANCEL: return pc_service_cancel(svc, id, NULL, err);
    case PC_BULK_DELETE: return pc_service_remove(svc, id, err);
    }
    return pc_fail_detail(err, PC_E_INTERNAL, "bulk action %d", (int)action);
}

/* About this one image, not about the service: the next one may fare better. */
static bool concerns_image_only(enum pc_code rc)
{
    return rc == PC_E_NOT_FOUND || rc == PC_E_NOT_FAILED || rc == PC_E_NOT_PENDING;
}

struct tally {
    int64_t last_id; /* that was settled, done or not */
    json_t *done, *skipped;
};

static void skip(struct tally *t, int64_t id, const struct pc_err *why)
{
    json_array_append_new(t->skipped, json_pack("{s:I, s:s, s:s}", "id", (json_int_t)id, "code",
                                                pc_code_name(why->code), "message", why->message));
}

/* Settles id. An error of the service itself ends the run: it is answered when nothing was done
 * yet. */
static enum pc_code apply_one(struct pc_service *svc, enum pc_bulk_action action, int64_t id,
                              struct tally *t, struct pc_err *err)
{
    enum pc_code rc = apply(svc, action, id, err);
    if (rc && !concerns_image_only(rc))
        return rc;
    if (rc)
        skip(t, id, err);
    else
        json_array_append_new(t->done, json_integer(id));
    t->last_id = id;
    return PC_OK;
}

static enum pc_code by_ids(struct pc_service *svc, const struct pc_bulk_request *what,
                           struct tally *t, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    int i = 0;
    while (i < what->n_ids && !(rc = apply_one(svc, what->action, what->ids[i], t, err)))
        i++;
    if (!rc || i == 0)
        return rc;
    for (; i < what->n_ids; i++)
        skip(t, what->ids[i], err);
    return PC_OK;
}

/* *more: the page was full, so that further images may match. */
static enum pc_code by_filter(struct pc_service *svc, const struct pc_bulk_request *what,
                              struct tally *t, bool *more, struct pc_err *err)
{
    static const int wanted[] = {
        [PC_BULK_RETRY] = PC_FAILED, [PC_BULK_CANCEL] = PC_PENDING, [PC_BULK_DELETE] = -1};
    struct pc_record_query q = what->filter;
    struct pc_record_list list;
    int only = wanted[what->action];
    if (only >= 0 && q.status >= 0 && q.status != only)
        return PC_OK; /* none of these fits the action */
    q.status = only >= 0 ? only : q.status;
    q.limit = STEP;
    q.sort = PC_SORT_ID;
    q.descending = false;
    enum pc_code rc = pc_records_list(svc->parts.records, &q, &list, err);
    if (rc)
        return rc;
    *more = list.n == STEP;
    for (int i = 0; i < list.n && !rc; i++)
        rc = apply_one(svc, what->action, list.items[i].id, t, err);
    pc_record_list_finish(&list);
    if (rc && t->last_id == 0)
        return rc;
    *more = *more || rc;
    return PC_OK;
}

enum pc_code pc_service_bulk(struct pc_service *svc, const struct pc_bulk_request *what,
                             json_t **out, struct pc_err *err)
{
    struct tally t = {.done = json_array(), .skipped = json_array()};
    bool more = false;
    enum pc_code rc = what->ids ? by_ids(svc, what, &t, err) : by_filter(svc, what, &t, &more, err);
    if (rc) {
        json_decref(t.done);
        json_decref(t.skipped);
        return rc;
    }
    *out = json_pack("{s:o, s:o, s:b, s:o}", "done", t.done, "skipped", t.skipped, "more", more,
                     "next", more ? json_integer(t.last_id) : json_null());
    return PC_OK;
}
