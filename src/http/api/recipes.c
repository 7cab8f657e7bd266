/* /recipes: the active recipes, changing them, checking a text, and the schema. */
#include "recipes/recipes.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/response.h"

enum { MAX_BODY = 1024 * 1024 }; /* a text of 256 KiB, with its escapes */

static enum pc_code get_run(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    (void)err;
    pc_registry_refresh(pc_service_registry(svc));
    call->response = pc_encode_recipes(pc_service_registry(svc));
    return PC_OK;
}

static enum pc_code put_run(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    const json_t *version = json_object_get(call->body, "version"),
                 *text = json_object_get(call->body, "text");
    if (!json_is_integer(version) || json_integer_value(version) < 0)
        return pc_fail(err, PC_E_BAD_JSON, "version is the number that GET /recipes gave.");
    if (!json_is_string(text) && !json_is_null(text))
        return pc_fail(err, PC_E_BAD_JSON, "text is a set of recipes as a text, or null.");
    enum pc_code rc = pc_registry_put(pc_service_registry(svc), json_string_value(text),
                                      json_integer_value(version), err);
    if (!rc)
        call->response = pc_encode_recipes(pc_service_registry(svc));
    return rc;
}

static enum pc_code check_run(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    (void)svc;
    const char *text = json_string_value(json_object_get(call->body, "text"));
    if (!text)
        return pc_fail(err, PC_E_BAD_JSON, "text is the set of recipes to check.");
    call->response = pc_encode_recipes_check(text);
    return PC_OK;
}

static enum pc_code schema_end(struct pc_request *r)
{
    return pc_response_send_text(r, 200, "application/schema+json", pc_recipes_schema());
}

static int64_t max_body(const struct pc_request *r)
{
    (void)r;
    return MAX_BODY;
}

const struct pc_handler pc_handler_getRecipes = {
    PC_JSON_ENDPOINT(.run = get_run, .pool = PC_POOL_READ)};
const struct pc_handler pc_handler_putRecipes = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = put_run, .pool = PC_POOL_STORE), .max_body = max_body};
const struct pc_handler pc_handler_checkRecipes = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = check_run, .pool = PC_POOL_STORE), .max_body = max_body};
const struct pc_handler pc_handler_recipesSchema = {.end = schema_end};
