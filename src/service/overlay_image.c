/* The overlay of a stored image: the original decoded again, and what the record keeps of people
 * and shots drawn on it. */
#include <string.h>

#include "base/str.h"
#include "image/image.h"
#include "service/internal.h"
#include "service/overlay.h"
#include "service/result_decoder.h"

enum { SIDE_PX = 1600 };

static enum pc_code check_drawable(const struct pc_record *r, struct pc_err *err)
{
    struct pc_people people;
    if (r->status == PC_PENDING)
        return pc_fail(err, PC_E_NOT_PROCESSED, "The image is not processed yet.");
    if (r->status == PC_FAILED)
        return pc_fail(err, PC_E_NOT_PROCESSED, "The image failed: nothing was found to draw.");
    if (!pc_result_decode_people(r->detail, &people))
        return pc_fail(err, PC_E_NOT_PROCESSED, "No landmarks of this image are stored.");
    return PC_OK;
}

enum pc_code pc_service_overlay_check(struct pc_service *svc, int64_t id, int64_t *seq,
                                      struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc) {
        *seq = r.seq;
        rc = check_drawable(&r, err);
    }
    pc_record_finish(&r);
    return rc;
}

/* A record may come from an older or a foreign program; only our own words go into the SVG. */
static const char *plain_word(const json_t *shot, const char *field)
{
    static const char taken[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *text = json_string_value(json_object_get(shot, field));
    return text && strlen(text) < PC_SHOT_LABEL_BYTES && text[strspn(text, taken)] == 0 ? text : "";
}

/* Fills boxes, which borrow from shots. */
static int read_boxes(const json_t *shots, struct pc_overlay_box boxes[PC_MAX_SHOTS])
{
    size_t i;
    json_t *shot;
    int n = 0, v[4];
    json_array_foreach(shots, i, shot)
    {
        const json_t *box = json_object_get(shot, "box");
        if (n == PC_MAX_SHOTS || json_array_size(box) != 4)
            continue;
        for (size_t k = 0; k < 4; k++)
            v[k] = (int)json_number_value(json_array_get(box, k));
        boxes[n++] = (struct pc_overlay_box){
            plain_word(shot, "label"), plain_word(shot, "state"), {v[0], v[1], v[2], v[3]}};
    }
    return n;
}

static void compose_svg(const struct pc_record *r, const struct pc_image_info *info,
                        struct pc_buf *svg)
{
    struct pc_overlay_box boxes[PC_MAX_SHOTS];
    struct pc_people people;
    const json_t *person = json_object_get(r->detail, "person");
    int n = read_boxes(r->shots, boxes);
    if (!pc_result_decode_people(r->detail, &people))
        people.n = 0;
    pc_overlay_svg(info->width, info->height, &people,
                   json_is_integer(person) ? (int)json_integer_value(person) : -1, boxes, n, svg);
}

static enum pc_code open_original(struct pc_service *svc, const struct pc_record *r,
                                  struct pc_image **pic, struct pc_err *err)
{
    const struct pc_config *cfg = svc->parts.config;
    struct pc_buf bytes = PC_BUF_INIT;
    if (!r->original_key || !*r->original_key)
        return pc_fail(err, PC_E_ORIGINAL_MISSING, NULL);
    enum pc_code rc =
        pc_blobs_get(svc->parts.blobs, r->original_key, (size_t)cfg->max_upload_bytes, &bytes, err);
    if (rc == PC_E_NOT_FOUND)
        rc = pc_fail(err, PC_E_ORIGINAL_MISSING, NULL);
    if (!rc)
        rc = pc_image_open(bytes.data, bytes.len, cfg->max_pixels, pc_deadline_in(cfg->decode_ms),
                           pic, err);
    pc_buf_finish(&bytes);
    return rc;
}

enum pc_code pc_service_overlay(struct pc_service *svc, int64_t id, struct pc_buf *jpeg,
                                int64_t *seq, struct pc_err *err)
{
    struct pc_record r = {0};
    struct pc_image *pic = NULL;
    struct pc_buf svg = PC_BUF_INIT;
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        rc = check_drawable(&r, err);
    if (!rc)
        rc = open_original(svc, &r, &pic, err);
    if (!rc) {
        compose_svg(&r, pc_image_get_info(pic), &svg);
        *seq = r.seq;
        rc = pc_image_annotate(pic, &svg, SIDE_PX, pc_deadline_in(svc->parts.config->cut_ms), jpeg,
                               err);
    }
    pc_buf_finish(&svg);
    pc_image_destroy(pic);
    pc_record_finish(&r);
    return rc;
}
