/* Which image of a TIFF is read, and what its samples mean. Private to src/image. */
#ifndef PC_IMAGE_TIFF_LAYOUT_H
#define PC_IMAGE_TIFF_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum pc_tiff_colours {
    PC_TIFF_GREY,
    PC_TIFF_RGB, /* also palettes and YCbCr, of which the decoder makes RGB */
    PC_TIFF_CMYK,
    PC_TIFF_CIELAB, /* L unsigned, a and b signed */
    PC_TIFF_ICCLAB  /* a and b with their zero in the middle; L of 16 bits ends at 0xff00 */
};

struct pc_tiff_layout {
    int page, sub_ifd; /* as libvips counts them; sub_ifd is -1 for the page itself */
    int orientation;   /* 1..8 */
    enum pc_tiff_colours colours;
    int n_colours;           /* samples that are colours: the first ones */
    int alpha;               /* which sample is alpha, -1: none. All others are left out. */
    bool is_premultiplied;   /* colours are multiplied by alpha ("associated") */
    size_t colours_at;       /* the byte that holds PhotometricInterpretation; of CIELAB only */
    size_t kind_of_alpha_at; /* the byte that holds alpha's ExtraSamples, 0: none */
};

/* Chooses the first image at full resolution; neither reduced ones nor masks count. Fills out.
 * Threads: safe.
 * Errors: unsupported_format for camera raw and for kinds of TIFF that are not read, with words on
 * the kind; image_corrupt when there is no directory. */
PC_NODISCARD enum pc_code pc_tiff_choose(const void *bytes, size_t len, struct pc_tiff_layout *out,
                                         struct pc_err *err);

#endif
