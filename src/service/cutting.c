/* The second look shows the network the shot's region of the decoded image, black outside, so that
 * the file need not be decoded again. */
#include "service/cutting.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* --- encoding --- */

enum { QUALITY_MIN = 30, QUALITY_MAX = 98 };

/* Negative: the file is smaller than the recipe allows; positive: it is larger; 0: neither. */
static int compare_size(const struct pc_recipe *r, const struct pc_buf *file)
{
    if (r->min_bytes > 0 && file->len < (size_t)r->min_bytes)
        return -1;
    return r->max_bytes > 0 && file->len > (size_t)r->max_bytes;
}

enum pc_code pc_cutting_encode(const struct pc_image *image, struct pc_shot *shot,
                               struct pc_deadline deadline, struct pc_buf *file, struct pc_err *err)
{
    const struct pc_recipe *r = shot->recipe;
    struct pc_crop crop = {
        .box = shot->box,
        .width = shot->width,
        .height = shot->height,
        .fill = r->extend_edge ? PC_FILL_EDGE : PC_FILL_COLOUR,
        .format = pc_format_by_name(pc_recipe_format_name(r->format)),
        .quality = r->quality,
        .progressive = r->progressive,
    };
    memcpy(crop.colour, r->background, sizeof crop.colour);
    enum pc_code rc = pc_image_crop(image, &crop, deadline, file, err);
    /* Size grows with quality, which PNG does not have: so the quality is found by halving. */
    int lo = QUALITY_MIN, hi = QUALITY_MAX, side;
    while (!rc && (side = compare_size(r, file)) != 0) {
        if (side > 0)
            hi = crop.quality - 1;
        else
            lo = crop.quality + 1;
        if (lo > hi || r->format == PC_RECIPE_PNG) {
            pc_shot_downgrade(shot, PC_SHOT_REVIEW, PC_REASON_BYTES_MISSED);
            break;
        }
        crop.quality = (lo + hi) / 2;
        pc_buf_clear(file);
        rc = pc_image_crop(image, &crop, deadline, file, err);
    }
    return rc;
}

/* --- second look --- */

struct window {
    const struct pc_image *image;
    struct pc_ibox box;
};

/* A square of the window, as the image has it; pixels whose centre lies outside the window are
 * black. */
static enum pc_code view_of_window(void *ctx, struct pc_box square, int size, uint8_t *rgb,
                                   struct pc_err *err)
{
    const struct window *w = ctx;
    double scale = square.w / size;
    struct pc_box in_image = {square.x + w->box.x, square.y + w->box.y, square.w, square.h};
    enum pc_code rc = pc_image_view(w->image, in_image, size, rgb, err);
    for (int i = 0; i < size * size && !rc; i++) {
        int column = i % size, row = i / size;
        double x = square.x + (column + .5) * scale, y = square.y + (row + .5) * scale;
        if (x < 0 || y < 0 || x >= w->box.w || y >= w->box.h)
            memset(rgb + 3 * i, 0, 3);
    }
    return rc;
}

/* The network places keypoints by a grid of 64 x 64 cells over the longer side. So a keypoint less
 * than a cell from an edge only says that the face ends there. */
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
