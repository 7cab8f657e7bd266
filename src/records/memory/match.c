/* Which records a query means, and in which order. */
#include "records/memory/internal.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

bool pc_records_memory_matches(const struct pc_record *r, const struct pc_record_query *q)
{
    const char *text = q->search;
    int64_t id;
    bool found = !text || strcasestr(r->url, text) || strcasestr(r->name, text) ||
                 strcasestr(r->sku, text) || strcasestr(r->label, text) ||
                 strcasestr(r->batch, text) ||
                 (pc_str_to_i64(text, 1, INT64_MAX, &id) && id == r->id);
    return found && r->seq > q->since_seq && r->id > q->after_id &&
           (q->status < 0 || (int)r->status == q->status) &&
           (q->attention < 0 || r->attention == (q->attention == 1)) &&
           (q->review < 0 || (int)r->review == q->review) &&
           (!q->batch || pc_str_eq(r->batch, q->batch));
}

int pc_records_memory_compare(const struct pc_record *a, const struct pc_record *b,
                              enum pc_record_sort sort)
{
    int c = 0;
    switch (sort) {
    case PC_SORT_ID: break;
    case PC_SORT_UPDATED:
        c = (a->updated_ms > b->updated_ms) - (a->updated_ms < b->updated_ms);
        break;
    case PC_SORT_NAME: c = strcasecmp(a->name, b->name); break;
    case PC_SORT_STATUS: c = (int)a->status - (int)b->status; break;
    }
    return c ? c : (a->id > b->id) - (a->id < b->id);
}

int pc_records_memory_compare_for_query(const void *va, const void *vb, void *query)
{
    const struct pc_record *a = *(struct pc_record *const *)va, *b = *(struct pc_record *const *)vb;
    const struct pc_record_query *q = query;
    if (q->since_seq > 0)
        return (a->seq > b->seq) - (a->seq < b->seq);
    return q->descending ? pc_records_memory_compare(b, a, q->sort)
                         : pc_records_memory_compare(a, b, q->sort);
}
