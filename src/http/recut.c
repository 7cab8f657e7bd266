/* POST /recut: images that the recipes in force would cut otherwise, counted or queued. Planning
 * hundreds of images and reopening them, each durably, takes a second. */
#include "http/jsonask.h"

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
    return pc_service_recut(svc, &what, &ask->answer, err);
}

static enum pc_code end(struct pc_request *r)
{
    return pc_json_ask(r, &(struct pc_json_ask){.run = run, .task.pool = PC_POOL_CHANGE});
}

const struct pc_handler pc_handle_recut = {PC_JSON_BODY, .end = end};
