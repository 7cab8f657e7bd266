/* Draws skeletons, person boxes, shot boxes and labels as an SVG document, to be laid over the
 * image.
 * Threads: pure. */
#ifndef PC_SERVICE_OVERLAY_H
#define PC_SERVICE_OVERLAY_H

#include "base/buf.h"
#include "base/geometry.h"

struct pc_overlay_box {
    const char *label; /* of [a-z0-9-]; borrows */
    const char *state; /* "ok", ...; borrows */
    struct pc_ibox box;
};

/* Appends an SVG document of width x height pixels. person: index of the person that the shots
 * show, who is drawn more strongly; -1: nobody. Keypoints whose score is too low to be visible are
 * left out. */
void pc_overlay_svg(int width, int height, const struct pc_people *people, int person,
                    const struct pc_overlay_box *boxes, int n, struct pc_buf *svg);

#endif
