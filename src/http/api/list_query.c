#include "http/api/list_query.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { MAX_OFFSET = 1000 * 1000 * 1000 };

static enum pc_code bad_query(struct pc_request *r, const char *name)
{
    return pc_fail(&r->err, PC_E_BAD_REQUEST, "The value of %s is not valid.", name);
}

enum pc_code pc_list_query_read_number(struct pc_request *r, const char *name, int64_t min,
                                       int64_t max, int64_t *out)
{
    const char *text = pc_request_query(r, name);
    return !text || pc_str_to_i64(text, min, max, out) ? PC_OK : bad_query(r, name);
}

static enum pc_code query_text(struct pc_request *r, const char *name, const char **out)
{
    const char *text = pc_request_query(r, name);
    if (text && !pc_str_is_utf8(text, strlen(text)))
        return bad_query(r, name);
    *out = text && *text ? text : NULL;
    return PC_OK;
}

/* The place of the value in a NULL-terminated list of names. */
static enum pc_code query_name(struct pc_request *r, const char *name, const char *const *names,
                               int *out)
{
    const char *text = pc_request_query(r, name);
    if (!text || !*text)
        return PC_OK;
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return PC_OK;
        }
    return bad_query(r, name);
}

enum pc_code pc_list_query_read_filters(struct pc_request *r, struct pc_record_query *q)
{
    static const char *const statuses[] = {
        [PC_PENDING] = "pending", [PC_PROCESSED] = "processed", [PC_FAILED] = "failed", NULL};
    static const char *const truths[] = {"false", "true", NULL};
    static const char *const reviews[] = {[PC_REVIEW_NONE] = "none",
                                          [PC_REVIEW_APPROVED] = "approved",
                                          [PC_REVIEW_REJECTED] = "rejected",
                                          NULL};
    enum pc_code rc = query_text(r, "q", &q->search);
    if (!rc)
        rc = query_text(r, "batch", &q->batch);
    if (!rc)
        rc = query_name(r, "status", statuses, &q->status);
    if (!rc)
        rc = query_name(r, "review", reviews, &q->review);
    return rc ? rc : query_name(r, "attention", truths, &q->attention);
}

enum pc_code pc_list_query_read_page(struct pc_request *r, struct pc_record_query *q)
{
    static const char *const sorts[] = {[PC_SORT_ID] = "id",
                                        [PC_SORT_UPDATED] = "updated",
                                        [PC_SORT_NAME] = "name",
                                        [PC_SORT_STATUS] = "status",
                                        NULL};
    static const char *const orders[] = {"asc", "desc", NULL};
    int64_t limit = q->limit, offset = 0;
    int sort = (int)q->sort, descending = q->descending;
    enum pc_code rc = pc_list_query_read_number(r, "limit", 1, 1000, &limit);
    if (!rc)
        rc = pc_list_query_read_number(r, "offset", 0, MAX_OFFSET, &offset);
    if (!rc)
        rc = pc_list_query_read_number(r, "since", 0, INT64_MAX, &q->since_seq);
    if (!rc)
        rc = query_name(r, "sort", sorts, &sort);
    if (!rc)
        rc = query_name(r, "order", orders, &descending);
    q->limit = (int)limit;
    q->offset = (int)offset;
    q->sort = (enum pc_record_sort)sort;
    q->descending = descending != 0;
    return rc;
}

struct pc_record_query *pc_list_query_copy(const struct pc_record_query *q)
{
    size_t search = q->search ? strlen(q->search) + 1 : 0;
    size_t batch = q->batch ? strlen(q->batch) + 1 : 0;
    struct pc_record_query *copy = pc_xzalloc(sizeof *copy + search + batch);
    char *texts = (char *)(copy + 1);
    *copy = *q;
    if (search)
        copy->search = memcpy(texts, q->search, search);
    if (batch)
        copy->batch = memcpy(texts + search, q->batch, batch);
    return copy;
}
