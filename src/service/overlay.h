/* The overlay: skeletons, person boxes, shot boxes and labels as SVG to be laid on the photo.
 * Threads: safe. */
#ifndef PC_SERVICE_OVERLAY_H
#define PC_SERVICE_OVERLAY_H

#include "base/buf.h"
#include "base/geometry.h"

struct pc_overlay_box {
    const char *label; /* [a-z0-9-]: borrows */
    const char *state; /* "ok", ... : borrows */
    struct pc_ibox box;
};

/* Appends an SVG document of the picture's size in pixels. person is the index of the one that the
 * shots show, or -1. Landmarks below the score of a seen point are left out. */
void pc_overlay_svg(int width, int height, const struct pc_people *people, int person,
                    const struct pc_overlay_box *boxes, int n, struct pc_buf *svg);

#endif
