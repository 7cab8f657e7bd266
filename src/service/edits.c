/* An edit reads the record, changes it, and writes it only if nobody else has changed it meanwhile.
 * Otherwise it starts again. */
#include "service/edits.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "recipes/recipes.h"
#include "service/internal.h"
#include "service/merge.h"
#include "service/planning.h"
#include "service/recording.h"

enum { ATTEMPTS = 3 };

static enum pc_code edit_once(struct pc_service *svc, int64_t id,
                              const struct pc_edit_request *request, struct pc_record *r,
                              struct pc_err *err)
{
    struct pc_record seen = {0};
    struct pc_record_edits edits = {.n_boxes = 0};
    struct pc_registry_ref ref = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &seen, err);
    if (!rc && seen.status != PC_PROCESSED)
        rc = pc_fail(err, PC_E_NOT_PROCESSED, NULL);
    if (!rc) {
        pc_registry_acquire(svc->registry, seen.edits.recipes, seen.edits.n_recipes, &ref);
        rc = pc_merge_edits(&svc->pipeline, &seen, ref.recipes, request, &edits, err);
        pc_registry_release(svc->registry, &ref);
    }
    if (!rc && pc_record_edits_equal(&edits, &seen.edits)) {
        *r = seen;
        seen = (struct pc_record){0};
    } else if (!rc) {
        /* Without its original the cut would fail, and a good image with it. One without a key is
         * fetched again. */
        bool exists = true;
        if (*seen.original_key)
            rc = pc_service_blob_exists(svc, seen.original_key, &exists, err);
        if (!exists)
            rc = pc_fail(err, PC_E_ORIGINAL_MISSING, NULL);
        if (!rc)
            rc = pc_queue_check_capacity(svc->parts.queue, 1, err);
        if (!rc)
            rc = pc_service_write_edits(svc, &seen, &edits, PC_PRIORITY_EDIT, r, err);
    }
    pc_record_edits_finish(&edits);
    pc_record_finish(&seen);
    return rc;
}

enum pc_code pc_service_edit(struct pc_service *svc, int64_t id,
                             const struct pc_edit_request *request, struct pc_record *r,
                             struct pc_err *err)
{
    enum pc_code rc = PC_E_CHANGED_MEANWHILE;
    pc_registry_refresh(svc->registry);
    for (int i = 0; i < ATTEMPTS && rc == PC_E_CHANGED_MEANWHILE; i++)
        rc = edit_once(svc, id, request, r, err);
    return rc;
}

/* --- shared with offsets and reviews --- */

enum pc_code pc_service_write_edits(struct pc_service *svc, const struct pc_record *seen,
                                    const struct pc_record_edits *edits, enum pc_priority priority,
                                    struct pc_record *r, struct pc_err *err)
{
    struct pc_record_annotations annotations = {.edits = edits, .review = -1, .reopen = true};
    enum pc_code rc =
        pc_records_annotate(svc->parts.records, seen->id, seen->seq, &annotations, r, err);
    if (!rc)
        pc_service_queue_image(svc, r->id, r->url, priority);
    return rc;
}

bool pc_service_is_drawn(const struct pc_record_edits *edits, const char *label)
{
    const struct pc_record_manual_box *box = pc_record_edits_find_box(edits, label);
    return box && !pc_str_eq(box->origin, pc_origin_name(PC_ORIGIN_BATCH));
}

/* --- previews --- */

static enum pc_code preview_by(struct pc_service *svc, const struct pc_record *r,
                               const struct pc_recipe_set *recipes,
                               const struct pc_edit_request *request, struct pc_edit_preview *out,
                               struct pc_err *err)
{
    struct pc_pipeline_overrides overrides;
    struct pc_plan plan;
    struct pc_record_edits edits = {.n_boxes = 0};
    enum pc_code rc = pc_merge_edits(&svc->pipeline, r, recipes, request, &edits, err);
    if (rc)
        return rc;
    pc_planning_read_overrides(&edits, &overrides);
    pc_record_edits_finish(&edits);
    if (!pc_planning_replan(&svc->pipeline, r, &overrides, recipes, &plan))
        return pc_fail(err, PC_E_NOT_PROCESSED, "No landmarks of this image are stored.");
    out->width = r->width;
    out->height = r->height;
    pc_recording_of_plan(&plan, &out->result);
    return PC_OK;
}

enum pc_code pc_service_preview(struct pc_service *svc, int64_t id,
                                const struct pc_edit_request *request, const char *recipes,
                                struct pc_edit_preview *out, struct pc_err *err)
{
    struct pc_record r = {0};
    *out = (struct pc_edit_preview){.width = 0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc && recipes) {
        struct pc_recipe_set own;
        rc = pc_recipes_parse(recipes, strlen(recipes), &own, err);
        if (!rc)
            rc = preview_by(svc, &r, &own, request, out, err);
        pc_recipes_finish(&own);
    } else if (!rc) {
        struct pc_registry_ref ref;
        pc_registry_refresh(svc->registry);
        pc_registry_acquire(svc->registry, r.edits.recipes, r.edits.n_recipes, &ref);
        rc = preview_by(svc, &r, ref.recipes, request, out, err);
        pc_registry_release(svc->registry, &ref);
    }
    pc_record_finish(&r);
    return rc;
}

void pc_edit_preview_finish(struct pc_edit_preview *preview)
{
    pc_record_result_finish(&preview->result);
}
