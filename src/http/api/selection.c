#include "http/api/selection.h"

#include "base/mem.h"
#include "http/body/json_body.h"

/* {"batch": null} may come from a client whose variable was not set. It meant one batch, and would
 * have all images deleted or cut again. To select all images, members are left out: {}. */
static enum pc_code reject_only_null(const json_t *object, const char *const *names,
                                     struct pc_err *err)
{
    const char *null = NULL;
    for (; *names; names++) {
        if (pc_json_optional(object, *names))
            return PC_OK;
        if (json_object_get(object, *names))
            null = *names;
    }
    return !null
               ? PC_OK
               : pc_fail(err, PC_E_BAD_JSON,
                         "%s is null, and nothing else says which images: leave it out if all are "
                         "meant.",
                         null);
}

enum pc_code pc_selection_read_ids(const json_t *list, int max, int64_t **ids, int *n,
                                   struct pc_err *err)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > (size_t)max)
        return pc_fail(err, PC_E_BAD_JSON, "ids is a list of 1 to %d ids.", max);
    int64_t *all = pc_xzalloc(count * sizeof *all);
    *ids = all;
    *n = (int)count;
    for (size_t i = 0; i < count; i++) {
        all[i] = json_integer_value(json_array_get(list, i));
        if (all[i] < 1)
            return pc_fail(err, PC_E_BAD_JSON, "An id is a number from 1.");
    }
    return PC_OK;
}

enum pc_code pc_selection_read(const json_t *body, struct pc_selector *out, bool *dry_run,
                               struct pc_err *err)
{
    static const char *const narrowing[] = {"ids", "batch", NULL};
    const json_t *dry = pc_json_optional(body, "dryRun"), *batch = pc_json_optional(body, "batch"),
                 *after = pc_json_optional(body, "after"), *ids = pc_json_optional(body, "ids");
    if (!json_is_object(body) || (dry && !json_is_boolean(dry)) ||
        (batch && !json_is_string(batch)) || (after && !json_is_integer(after)) ||
        json_integer_value(after) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, after an id.");
    if (ids && (batch || after))
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids, or batch and after.");
    *dry_run = json_is_true(dry);
    out->batch = json_string_value(batch);
    out->after_id = json_integer_value(after);
    if (!ids)
        return reject_only_null(body, narrowing, err);
    int64_t *list = NULL;
    enum pc_code rc = pc_selection_read_ids(ids, PC_SELECTOR_MAX, &list, &out->n_ids, err);
    out->ids = list;
    return rc;
}

enum pc_code pc_selection_read_filter(const json_t *filter, struct pc_record_query *out,
                                      struct pc_err *err)
{
    static const char *const names[] = {"status", "batch", "q", "attention", "review", NULL};
    const json_t *status = pc_json_optional(filter, "status"),
                 *batch = pc_json_optional(filter, "batch"), *q = pc_json_optional(filter, "q"),
                 *attention = pc_json_optional(filter, "attention"),
                 *review = pc_json_optional(filter, "review");
    enum pc_record_status wanted;
    enum pc_record_review said;
    if (!json_is_object(filter) || (batch && !json_is_string(batch)) || (q && !json_is_string(q)) ||
        (attention && !json_is_boolean(attention)))
        return pc_fail(err, PC_E_BAD_JSON,
                       "filter is an object: batch and q are texts, attention a boolean.");
    if (status &&
        !pc_record_status_by_name(json_is_string(status) ? json_string_value(status) : "", &wanted))
        return pc_fail(err, PC_E_BAD_JSON, "status is pending, processed or failed.");
    if (review &&
        !pc_record_review_by_name(json_is_string(review) ? json_string_value(review) : "", &said))
        return pc_fail(err, PC_E_BAD_JSON, "review is none, approved or rejected.");
    out->status = status ? (int)wanted : -1;
    out->batch = batch && json_string_length(batch) ? json_string_value(batch) : NULL;
    out->search = q && json_string_length(q) ? json_string_value(q) : NULL;
    out->attention = attention ? json_is_true(attention) : -1;
    out->review = review ? (int)said : -1;
    enum pc_code rc = reject_only_null(filter, names, err);
    return rc ? rc : pc_json_only_members(filter, names, err);
}
