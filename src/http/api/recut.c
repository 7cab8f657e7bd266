/* POST /recut: counts or queues the images that the active recipes, or those chosen for them, would
 * cut differently. Planning hundreds of images and reopening each of them durably takes a
 * second. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/api/selection.h"
#include "http/body/json_body.h"

enum { MAX_LABELS = 32 };

/* Fills out, and what, which borrows from body and out. */
static enum pc_code read_labels(const json_t *body, const char *out[MAX_LABELS],
                                struct pc_recut_request *what, struct pc_err *err)
{
    const json_t *labels = json_object_get(body, "recipes");
    size_t n = json_array_size(labels);
    if (!labels)
        return PC_OK;
    if (!json_is_null(labels) && (n < 1 || n > MAX_LABELS))
        return pc_fail(err, PC_E_BAD_JSON, "recipes is a list of 1 to %d labels, or null.",
                       MAX_LABELS);
    for (size_t i = 0; i < n; i++) {
        out[i] = json_string_value(json_array_get(labels, i));
        if (!out[i])
            return pc_fail(err, PC_E_BAD_JSON, "The label of a recipe is a text.");
    }
    if (!pc_json_optional(body, "ids"))
        return json_is_null(labels) ? PC_OK
                                    : pc_fail(err, PC_E_BAD_JSON, "Recipes are chosen for ids.");
    what->choose = true;
    what->labels = n ? out : NULL;
    what->n_labels = (int)n;
    return PC_OK;
}

static enum pc_code run(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    const char *labels[MAX_LABELS];
    struct pc_recut_result result;
    struct pc_recut_request what = {.dry_run = false};
    enum pc_code rc = pc_selection_read(call->body, &what.images, &what.dry_run, err);
    if (!rc)
        rc = read_labels(call->body, labels, &what, err);
    if (!rc)
        rc = pc_service_recut(svc, &what, &result, err);
    if (!rc) {
        call->response = pc_encode_recut(&result);
        pc_recut_result_finish(&result);
    }
    free((void *)what.images.ids);
    return rc;
}

const struct pc_handler pc_handler_recut = {PC_JSON_BODY,
                                            PC_JSON_ENDPOINT(.run = run, .pool = PC_POOL_BULK)};
