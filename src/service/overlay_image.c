/* The overlay of a stored image: the original is decoded again, and the people and shots of its
 * record are drawn on it. */
#include <string.h>

#include "base/str.h"
#include "image/image.h"
#include "service/internal.h"
#include "service/overlay.h"
#include "service/query.h"

enum { SIDE_PX = 1600 };

static enum pc_code check_drawable(const struct pc_record *r, struct pc_err *err)
{
    if (r->status == PC_PENDING)
        return pc_fail(err, PC_E_NOT_PROCESSED, "The image is not processed yet.");
    if (r->status == PC_FAILED)
        return pc_fail(err, PC_E_NOT_PROCESSED, "The image failed: nothing was found to draw.");
    if (!r->result.people)
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

/* A record may come from an older or a foreign program; only plain words go into the SVG. */
static const char *plain_word(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    bool plain = text && strlen(text) < PC_SHOT_LABEL_BYTES && !text[strspn(text, allowed)];
    return plain ? text : "";
}

static void compose_svg(const struct pc_record *r, const struct pc_image_info *info,
                        struct pc_buf *svg)
{
    const struct pc_record_result *result = &r->result;
    struct pc_overlay_box boxes[PC_MAX_SHOTS];
    int n = 0;
    for (int i = 0; i < result->n_shots && n < PC_MAX_SHOTS; i++) {
        const struct pc_record_shot *shot = &result->shots[i];
        if (shot->box.w > 0)
            boxes[n++] = (struct pc_overlay_box){plain_word(shot->label), plain_word(shot->state),
                                                 shot->box};
    }
    pc_overlay_svg(info->width, info->height, result->people,
                   result->has_person ? result->person : -1, boxes, n, svg);
}

enum pc_code pc_service_overlay(struct pc_service *svc, int64_t id, struct pc_buf *jpeg,
                                int64_t *seq, struct pc_err *err)
{
    const struct pc_config *cfg = svc->parts.config;
    struct pc_record r = {0};
    struct pc_image *image = NULL;
    struct pc_buf original = PC_BUF_INIT, svg = PC_BUF_INIT;
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        rc = check_drawable(&r, err);
    if (!rc)
        rc = pc_service_read_original(svc, r.original_key, &original, err);
    if (!rc)
        rc = pc_image_open(original.data, original.len, cfg->max_pixels,
                           pc_deadline_in(cfg->decode_ms), &image, err);
    pc_buf_finish(&original);
    if (!rc) {
        compose_svg(&r, pc_image_get_info(image), &svg);
        *seq = r.seq;
        rc = pc_image_annotate(image, &svg, SIDE_PX, pc_deadline_in(cfg->cut_ms), jpeg, err);
    }
    pc_buf_finish(&svg);
    pc_image_destroy(image);
    pc_record_finish(&r);
    return rc;
}
