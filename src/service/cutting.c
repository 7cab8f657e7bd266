/* Cutting and what is checked of a cut. The second look shows the network the cut's region of the
 * decoded picture, black outside, so that the file need not be decoded again. */
#include "service/cutting.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static struct pc_crop cut_of(const struct pc_shot *shot)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_crop cut = {
        .box = shot->box,
        .width = shot->width,
        .height = shot->height,
        .fill = r->extend_edge ? PC_FILL_EDGE : PC_FILL_COLOUR,
        .format = pc_format_by_name(pc_recipe_format_name(r->format)),
        .quality = r->quality,
        .progressive = r->progressive,
    };
    memcpy(cut.colour, r->background, sizeof cut.colour);
    return cut;
}

/* --- size window --- */

enum { QUALITY_MIN = 30, QUALITY_MAX = 98 };

static bool has_window(const struct pc_recipe *r)
{
    return r->format != PC_RECIPE_PNG && (r->min_bytes > 0 || r->max_bytes > 0);
}

static bool too_small(const struct pc_recipe *r, const struct pc_buf *file)
{
    return r->min_bytes > 0 && file->len < (size_t)r->min_bytes;
}

static bool too_large(const struct pc_recipe *r, const struct pc_buf *file)
{
    return r->max_bytes > 0 && file->len > (size_t)r->max_bytes;
}

static bool in_window(const struct pc_recipe *r, const struct pc_buf *file)
{
    return !too_small(r, file) && !too_large(r, file);
}

/* Size grows with quality, so the window is found by halving; the last file stays when there is
 * none. */
static enum pc_code search_quality(const struct pc_image *image, const struct pc_recipe *r,
                                   struct pc_crop *cut, struct pc_deadline deadline,
                                   struct pc_buf *file, struct pc_err *err)
{
    int lo = QUALITY_MIN, hi = QUALITY_MAX;
    if (too_large(r, file))
        hi = cut->quality - 1;
    else
        lo = cut->quality + 1;
    while (lo <= hi) {
        cut->quality = (lo + hi) / 2;
        pc_buf_clear(file);
        enum pc_code rc = pc_image_crop(image, cut, deadline, file, err);
        if (rc || in_window(r, file))
            return rc;
        if (too_large(r, file))
            hi = cut->quality - 1;
        else
            lo = cut->quality + 1;
    }
    return PC_OK;
}

enum pc_code pc_cutting_encode(const struct pc_image *image, struct pc_shot *shot,
                               struct pc_deadline deadline, struct pc_buf *file, struct pc_err *err)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_crop cut = cut_of(shot);
    enum pc_code rc = pc_image_crop(image, &cut, deadline, file, err);
    if (!rc && has_window(r) && !in_window(r, file))
        rc = search_quality(image, r, &cut, deadline, file, err);
    if (!rc && !in_window(r, file))
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_BYTES_MISSED);
    return rc;
}

/* --- second look --- */

struct window {
    const struct pc_image *image;
    struct pc_ibox box;
};

/* Blackens the pixels whose centre lies outside the window. */
static void mask(const struct window *w, struct pc_box square, int size, uint8_t *rgb)
{
    double scale = square.w / size;
    for (int y = 0; y < size; y++) {
        double at_y = square.y + (y + .5) * scale;
        for (int x = 0; x < size; x++, rgb += 3) {
            double at_x = square.x + (x + .5) * scale;
            if (at_x < 0 || at_y < 0 || at_x >= w->box.w || at_y >= w->box.h)
                memset(rgb, 0, 3);
        }
    }
}

static enum pc_code view_of_window(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                                   struct pc_err *err)
{
    const struct window *w = ctx;
    struct pc_box in_image = {square.x + w->box.x, square.y + w->box.y, square.w, square.h};
    enum pc_code rc = pc_image_view(w->image, in_image, size, rgb, err);
    if (!rc)
        mask(w, square, size, rgb);
    return rc;
}

/* The network knows points to a cell of its 64 x 64 grid over the longer side: nearer than two
 * cells to an edge a point says no more than that the face ends there. */
static const double EDGE_SHARE = 1.0 / 64;

static double best_face_point(const struct pc_people *people, const struct window *w,
                              uint64_t avoid)
{
    double best = 0, edge = EDGE_SHARE * fmax(w->box.w, w->box.h);
    for (int i = 0; i < people->n; i++) {
        for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
            const struct pc_keypoint *l = &people->p[i].keypoints[k];
            bool inside =
                l->x >= edge && l->y >= edge && l->x < w->box.w - edge && l->y < w->box.h - edge;
            if ((avoid >> k & 1) && inside)
                best = fmax(best, l->score);
        }
    }
    return best;
}

enum pc_code pc_cutting_verify_headless(struct pc_pose *pose, const struct pc_image *image,
                                        struct pc_shot *shot, struct pc_deadline deadline,
                                        double *score, struct pc_err *err)
{
    uint64_t avoid = pc_recipe_headless_avoid(shot->recipe->headless);
    struct window w = {.image = image, .box = shot->box};
    struct pc_people people;
    struct pc_pose_source pixels = {
        .width = shot->box.w, .height = shot->box.h, .ctx = &w, .view = view_of_window};
    *score = -1;
    if (!avoid || shot->person < 0)
        return PC_OK;
    enum pc_code rc = pc_pose_detect(pose, &pixels, deadline, &people, err);
    if (rc)
        return rc;
    *score = best_face_point(&people, &w, avoid);
    if (*score >= PC_CUTTING_FACE_MIN_SCORE)
        pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_FACE_SHOWN);
    return PC_OK;
}
