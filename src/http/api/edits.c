/* Edits by people: the person to crop, boxes set by hand, a preview of what edits would give, and
 * an offset that moves a shot in many images. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "http/api/encode.h"
#include "http/api/json_endpoint.h"
#include "http/api/selection.h"
#include "http/body/json_body.h"

enum { MAX_PLAN_BODY = 1024 * 1024 };

/* --- one image --- */

/* Reads [x, y, width, height] and rounds it edge by edge to whole pixels. */
static bool read_box(const json_t *list, struct pc_ibox *out)
{
    double v[4];
    for (size_t i = 0; i < 4; i++) {
        const json_t *number = json_array_get(list, i);
        v[i] = json_number_value(number);
        if (!json_is_number(number) || !(fabs(v[i]) < 1e6))
            return false;
    }
    out->x = (int)round(v[0]);
    out->y = (int)round(v[1]);
    out->w = (int)round(v[0] + v[2]) - out->x;
    out->h = (int)round(v[1] + v[3]) - out->y;
    return json_array_size(list) == 4;
}

static enum pc_code read_boxes(const json_t *boxes, struct pc_edit_request *request,
                               struct pc_err *err)
{
    const char *label;
    json_t *value;
    if (boxes && !json_is_object(boxes))
        return pc_fail(err, PC_E_BAD_JSON, "boxes is an object of boxes by label.");
    struct pc_edit_box *read = pc_xzalloc((json_object_size(boxes) + 1) * sizeof *read);
    request->boxes = read;
    json_object_foreach((json_t *)boxes, label, value)
    {
        struct pc_edit_box *box = &read[request->n_boxes++];
        box->label = label;
        box->clear = json_is_null(value);
        if (!box->clear && !read_box(value, &box->box))
            return pc_fail(err, PC_E_BAD_JSON, "A box is [x, y, width, height], or null.");
    }
    return PC_OK;
}

/* Fills request from an EditsChange (NULL: no change), from which it borrows. The caller frees
 * request->boxes, also after an error. */
static enum pc_code read_change(const json_t *change, struct pc_edit_request *request,
                                struct pc_err *err)
{
    static const char *const members[] = {"person", "boxes", NULL};
    const json_t *person = json_object_get(change, "person"); /* null undoes the choice */
    *request = (struct pc_edit_request){.person = -1};
    if (change && !json_is_object(change))
        return pc_fail(err, PC_E_BAD_JSON, "Edits are an object of person and boxes.");
    enum pc_code rc = pc_json_only_members(change, members, err);
    if (rc)
        return rc;
    if (person && !json_is_null(person)) {
        if (!json_is_integer(person) || json_integer_value(person) < 0)
            return pc_fail(err, PC_E_BAD_JSON, "person is a place in the list of people, or null.");
        request->person = json_integer_value(person);
    }
    request->sets_person = person != NULL;
    return read_boxes(pc_json_optional(change, "boxes"), request, err);
}

static enum pc_code edit(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_edit_request request;
    struct pc_record r = {0};
    enum pc_code rc = read_change(call->body, &request, err);
    if (!rc)
        rc = pc_service_edit(svc, call->id, &request, &r, err);
    if (!rc)
        call->response = pc_encode_image_detail(svc, &r);
    pc_record_finish(&r);
    free((void *)request.boxes);
    return rc;
}

static enum pc_code plan(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    const json_t *recipes = pc_json_optional(call->body, "recipes");
    if (!json_is_object(call->body) || (recipes && !json_is_string(recipes)))
        return pc_fail(err, PC_E_BAD_JSON, "recipes is a set of recipes as a text.");
    struct pc_edit_request request;
    struct pc_edit_preview preview;
    enum pc_code rc = read_change(pc_json_optional(call->body, "edits"), &request, err);
    if (!rc)
        rc = pc_service_preview(svc, call->id, &request, json_string_value(recipes), &preview, err);
    if (!rc) {
        call->response = pc_encode_preview(&preview);
        pc_edit_preview_finish(&preview);
    }
    free((void *)request.boxes);
    return rc;
}

static int64_t max_plan_body(const struct pc_request *r)
{
    (void)r;
    return MAX_PLAN_BODY;
}

/* --- many images --- */

static bool read_number(const json_t *number, double least, double most, double *out)
{
    *out = json_number_value(number);
    return json_is_number(number) && *out >= least && *out <= most;
}

static enum pc_code read_offset(const json_t *body, struct pc_offset_request *what,
                                struct pc_err *err)
{
    const json_t *given = json_object_get(body, "offset");
    what->clear = json_is_null(given);
    if (what->clear)
        return PC_OK;
    if (!read_number(json_object_get(given, "x"), -2, 2, &what->x) ||
        !read_number(json_object_get(given, "y"), -2, 2, &what->y) ||
        !read_number(json_object_get(given, "scale"), .2, 5, &what->scale))
        return pc_fail(err, PC_E_BAD_JSON,
                       "offset is null, or x and y from -2 to 2 and scale from 0.2 to 5.");
    return PC_OK;
}

static enum pc_code offset(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err)
{
    struct pc_offset_request what = {.label =
                                         json_string_value(json_object_get(call->body, "label"))};
    enum pc_code rc = what.label ? read_offset(call->body, &what, err)
                                 : pc_fail(err, PC_E_BAD_JSON, "label names the shot.");
    if (!rc)
        rc = pc_selection_read(call->body, &what.images, &what.dry_run, err);
    struct pc_offset_result result;
    if (!rc)
        rc = pc_service_offset(svc, &what, &result, err);
    if (!rc) {
        call->response = pc_encode_offset(svc, &result);
        pc_offset_result_finish(&result);
    }
    free((void *)what.images.ids);
    return rc;
}

const struct pc_handler pc_handler_editImage = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = edit, .pool = PC_POOL_STORE)};
const struct pc_handler pc_handler_planImage = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = plan, .pool = PC_POOL_STORE), .max_body = max_plan_body};
const struct pc_handler pc_handler_offsetEdits = {
    PC_JSON_BODY, PC_JSON_ENDPOINT(.run = offset, .pool = PC_POOL_BULK)};
