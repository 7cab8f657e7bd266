#include "service/pages.h"

#include "service/internal.h"

static enum pc_code read_named(struct pc_service *svc, const struct pc_page *page,
                               struct pc_record_list *list, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    list->items = pc_xmalloc((size_t)page->n_ids * sizeof *list->items);
    for (int i = 0; i < page->n_ids && !rc; i++) {
        rc = pc_records_get(svc->parts.records, page->ids[i], &list->items[list->n], err);
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
    return room < PC_PAGE_MAX ? (int)room : PC_PAGE_MAX; /* a page that finds room some day */
}

enum pc_code pc_page_read(struct pc_service *svc, const struct pc_page *page,
                          struct pc_record_list *list, struct pc_err *err)
{
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    *list = (struct pc_record_list){.n = 0};
    if (page->ids)
        return read_named(svc, page, list, err);
    q.limit = page_size(svc);
    q.after_id = page->after_id;
    q.batch = page->batch && *page->batch ? page->batch : NULL;
    q.descending = false;
    return pc_records_list(svc->parts.records, &q, list, err);
}

int pc_page_looked(const struct pc_page *page, const struct pc_record_list *list)
{
    return page->ids ? page->n_ids : list->n;
}

json_t *pc_page_next(struct pc_service *svc, const struct pc_page *page,
                     const struct pc_record_list *list)
{
    bool more = !page->ids && list->n > 0 && list->n == page_size(svc);
    return more ? json_integer(list->items[list->n - 1].id) : json_null();
}
