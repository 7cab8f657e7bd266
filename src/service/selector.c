#include "service/selector.h"

#include "service/internal.h"

static int page_size(const struct pc_service *svc)
{
    int64_t capacity = svc->parts.config->queue_max;
    return capacity < PC_SELECTOR_MAX ? (int)capacity : PC_SELECTOR_MAX;
}

enum pc_code pc_selector_read(struct pc_service *svc, const struct pc_selector *selector,
                              struct pc_record_list *list, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    enum pc_code rc = PC_OK;
    *list = (struct pc_record_list){.n = 0};
    if (!selector->ids) {
        q.limit = page_size(svc);
        q.after_id = selector->after_id;
        q.batch = selector->batch && *selector->batch ? selector->batch : NULL;
        q.descending = false;
        return pc_records_list(svc->parts.records, &q, list, err);
    }
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

int pc_selector_looked(const struct pc_selector *selector, const struct pc_record_list *list)
{
    return selector->ids ? selector->n_ids : list->n;
}

bool pc_selector_skips(enum pc_code rc)
{
    return rc == PC_E_NOT_PROCESSED || rc == PC_E_NOT_FOUND || rc == PC_E_CHANGED_MEANWHILE;
}

enum pc_priority pc_selector_priority(int n_ids)
{
    return n_ids > 0 && n_ids <= PC_SELECTOR_FEW ? PC_PRIORITY_EDIT : PC_PRIORITY_BULK;
}

bool pc_selector_more(struct pc_service *svc, const struct pc_selector *selector,
                      const struct pc_record_list *list, int64_t *next)
{
    if (selector->ids || list->n == 0 || list->n < page_size(svc))
        return false;
    *next = list->items[list->n - 1].id;
    return true;
}
