#include "service/selector.h"

#include "service/internal.h"

static enum pc_code read_named(struct pc_service *svc, const struct pc_selector *selector,
                               struct pc_record_list *list, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    list->items = pc_xzalloc((size_t)selector->n_ids * sizeof *list->items);
    for (int i = 0; i < selector->n_ids && !rc; i++) {
        rc = pc_records_get(svc->parts.records, selector->ids[i], &list->items[list->n], err);
        if (!rc)
            list->n++;
        else if (rc == PC_E_NOT_FOUND)
            rc = PC_OK;
    }
    return rc;
}

static int page_size(const struct pc_service *svc)
{
    int64_t room = svc->parts.config->queue_max;
    return room < PC_SELECTOR_MAX ? (int)room
                                  : PC_SELECTOR_MAX; /* a page that finds room some day */
}

enum pc_code pc_selector_read(struct pc_service *svc, const struct pc_selector *selector,
                              struct pc_record_list *list, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    *list = (struct pc_record_list){.n = 0};
    if (selector->ids)
        return read_named(svc, selector, list, err);
    q.limit = page_size(svc);
    q.after_id = selector->after_id;
    q.batch = selector->batch && *selector->batch ? selector->batch : NULL;
    q.descending = false;
    return pc_records_list(svc->parts.records, &q, list, err);
}

int pc_selector_examined(const struct pc_selector *selector, const struct pc_record_list *list)
{
    return selector->ids ? selector->n_ids : list->n;
}

json_t *pc_selector_next(struct pc_service *svc, const struct pc_selector *selector,
                         const struct pc_record_list *list)
{
    bool more = !selector->ids && list->n > 0 && list->n == page_size(svc);
    return more ? json_integer(list->items[list->n - 1].id) : json_null();
}
