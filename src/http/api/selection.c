#include "http/api/selection.h"

#include "base/mem.h"
#include "http/body/json_body.h"

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

enum pc_code pc_selection_read(const json_t *body, int max_ids, struct pc_selection *out,
                               struct pc_err *err)
{
    const json_t *dry = pc_json_optional(body, "dryRun"), *batch = pc_json_optional(body, "batch"),
                 *after = pc_json_optional(body, "after"), *ids = pc_json_optional(body, "ids");
    if (!json_is_object(body) || (dry && !json_is_boolean(dry)) ||
        (batch && !json_is_string(batch)) || (after && !json_is_integer(after)) ||
        json_integer_value(after) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, after an id.");
    if (ids && (batch || after))
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids, or batch and after.");
    out->dry_run = json_is_true(dry);
    out->batch = json_string_value(batch);
    out->after_id = json_integer_value(after);
    return ids ? pc_selection_read_ids(ids, max_ids, &out->ids, &out->n_ids, err) : PC_OK;
}
