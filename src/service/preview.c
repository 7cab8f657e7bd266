/* What a picture would be cut to, from what is stored of it: nothing is decoded, nothing kept. */
#include <string.h>

#include "service/edits.h"
#include "service/encode.h"
#include "service/internal.h"
#include "service/planning.h"
#include "service/review.h"

static enum pc_code plan_with(struct pc_service *svc, const struct pc_record *r,
                              const struct pc_recipe_set *recipes, const json_t *change,
                              json_t **out, struct pc_err *err)
{
    struct pc_plan plan;
    json_t *edits = NULL;
    enum pc_code rc = pc_edits_merge(svc, r, recipes, change, &edits, err);
    if (!rc && !pc_planning_replan(&svc->pipeline, r, edits, recipes, &plan))
        rc = pc_fail(err, PC_E_NOT_PROCESSED, "No landmarks of this image are stored.");
    if (!rc)
        *out = pc_encode_plan(r, &plan);
    json_decref(edits);
    return rc;
}

static enum pc_code by_text(struct pc_service *svc, const struct pc_record *r, const json_t *change,
                            const char *text, json_t **out, struct pc_err *err)
{
    struct pc_recipe_set recipes;
    enum pc_code rc = pc_recipes_parse(text, strlen(text), &recipes, err);
    if (!rc)
        rc = plan_with(svc, r, &recipes, change, out, err);
    pc_recipes_finish(&recipes);
    return rc;
}

static enum pc_code by_own(struct pc_service *svc, const struct pc_record *r, const json_t *change,
                           json_t **out, struct pc_err *err)
{
    struct pc_registry_ref ref;
    pc_registry_refresh(svc->registry);
    pc_registry_acquire(svc->registry, json_object_get(r->edits, "recipes"), &ref);
    enum pc_code rc = plan_with(svc, r, ref.recipes, change, out, err);
    pc_registry_release(svc->registry, &ref);
    return rc;
}

enum pc_code pc_service_plan(struct pc_service *svc, int64_t id, const json_t *change,
                             const char *recipes, json_t **out, struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        rc = recipes ? by_text(svc, &r, change, recipes, out, err)
                     : by_own(svc, &r, change, out, err);
    pc_record_finish(&r);
    return rc;
}
