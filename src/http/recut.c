/* POST /recut: images that the recipes in force, or those chosen for them, would cut otherwise,
 * counted or queued. Planning hundreds of images and reopening them, each durably, takes a second.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "http/jsonask.h"

enum { MAX_LABELS = 32 };

static enum pc_code read_labels(const json_t *body, struct pc_recut *what, struct pc_err *err)
{
    const json_t *labels = json_object_get(body, "recipes");
    size_t n = json_array_size(labels);
    if (!labels)
        return PC_OK;
    if (!json_is_null(labels) && (n < 1 || n > MAX_LABELS))
        return pc_fail(err, PC_E_BAD_JSON, "recipes is a list of 1 to %d labels, or null.",
                       MAX_LABELS);
    for (size_t i = 0; i < n; i++)
        if (!json_is_string(json_array_get(labels, i)))
            return pc_fail(err, PC_E_BAD_JSON, "The label of a recipe is a text.");
    if (!json_object_get(body, "ids"))
        return pc_fail(err, PC_E_BAD_JSON, "Recipes are chosen for ids.");
    what->choose = true;
    what->recipes = labels;
    return PC_OK;
}

/* Gives what->ids, NULL when the body names none. */
static enum pc_code read_ids(const json_t *body, struct pc_recut *what, struct pc_err *err)
{
    const json_t *list = json_object_get(body, "ids");
    if (list && (json_object_get(body, "batch") || json_object_get(body, "after")))
        return pc_fail(err, PC_E_BAD_JSON, "Give either ids, or batch and after.");
    return list ? pc_json_ids(list, PC_RECUT_IDS_MAX, &what->ids, &what->n_ids, err) : PC_OK;
}

static enum pc_code run(struct pc_json_ask *ask, struct pc_service *svc, struct pc_err *err)
{
    const json_t *dry = json_object_get(ask->body, "dryRun"),
                 *batch = json_object_get(ask->body, "batch"),
                 *after = json_object_get(ask->body, "after");
    if (!json_is_object(ask->body) || (dry && !json_is_boolean(dry)) ||
        (batch && !json_is_string(batch)) || (after && !json_is_integer(after)) ||
        json_integer_value(after) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "dryRun is a boolean, batch a text, after an id.");
    struct pc_recut what = {.dry_run = json_is_true(dry),
                            .batch = json_string_value(batch),
                            .after_id = json_integer_value(after)};
    enum pc_code rc = read_ids(ask->body, &what, err);
    if (!rc)
        rc = read_labels(ask->body, &what, err);
    if (!rc)
        rc = pc_service_recut(svc, &what, &ask->answer, err);
    free((void *)what.ids);
    return rc;
}

static enum pc_code end(struct pc_request *r)
{
    return pc_json_ask(r, &(struct pc_json_ask){.run = run, .task.pool = PC_POOL_CHANGE});
}

const struct pc_handler pc_handle_recut = {PC_JSON_BODY, .end = end};
