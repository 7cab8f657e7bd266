/* Pictures: what a file is, its pixels upright in sRGB, and the pieces cut out of them. The only
 * folder that includes vips.h.
 *
 * Life of a picture: bytes -> probe (header only; pixel limit, format by magic bytes) -> open (one
 * decode at full size; orientation, colour, alpha settled) -> views for the model -> cuts. A
 * picture is decoded once; views and cuts read the decoded pixels.
 *
 * Threads: pc_image_startup once, before any other call, from the main thread. One picture belongs to
 * one thread; different pictures may be worked on at the same time. vips runs one thread a job and
 * keeps no cache of operations.
 * Errors: unsupported_format, image_corrupt, image_too_large, image_too_small, image_empty,
 * timeout_decode, timeout_cut.
 */
#ifndef PC_IMAGE_IMAGE_H
#define PC_IMAGE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/geometry.h"

enum pc_format {
    PC_FORMAT_UNKNOWN,
    PC_FORMAT_JPEG,
    PC_FORMAT_PNG,
    PC_FORMAT_WEBP,
    PC_FORMAT_GIF,
    PC_FORMAT_TIFF,
    PC_FORMAT_AVIF,
    PC_FORMAT_HEIC,
    PC_FORMAT_BMP
};

/* By magic bytes; needs the first 32 bytes at most. Never by name. */
enum pc_format pc_format_sniff(const void *bytes, size_t len);
const char *pc_format_name(enum pc_format f); /* "jpeg" */
const char *pc_format_ext(enum pc_format f);  /* "jpg" */
const char *pc_format_mime(enum pc_format f); /* "image/jpeg" */
/* By name or extension ("jpg", "jpeg", "png"), or PC_FORMAT_UNKNOWN. */
enum pc_format pc_format_by_name(const char *name);

/* Starts and ends the image library; start fails when it cannot be loaded as needed. */
PC_NODISCARD enum pc_code pc_image_startup(struct pc_err *err);
void pc_image_shutdown(void);
/* Frees what vips keeps for a thread: the last call of each thread that worked on pictures. */
void pc_image_thread_shutdown(void);

struct pc_image_info {
    enum pc_format format;
    int width, height; /* upright: after EXIF orientation */
    int orientation;   /* 1..8 as stored */
    int has_alpha;
};

/* Header only. Refuses what is no picture we take (unsupported_format), what is broken before its
 * header ends (image_corrupt), an empty file (image_empty), more than max_pixels (image_too_large;
 * 0 = no limit) and a side under 16 pixels (image_too_small). */
PC_NODISCARD enum pc_code pc_image_probe(const void *bytes, size_t len, int64_t max_pixels,
                                         struct pc_image_info *out, struct pc_err *err);

struct pc_image; /* decoded: upright, 8-bit sRGB, 3 bands; transparent pixels laid on white */

/* Decodes once. Borrows bytes only for the call. A file that ends early, or whose pixels are
 * damaged so that a decoder has to guess them, is refused (image_corrupt): a guess shows as smeared
 * blocks, and shots are to be sold from. Broken metadata and left-over bytes between segments do no
 * harm. The deadline is looked at every few rows; WebP, AVIF and HEIC come from their libraries in
 * one piece, so that they may overrun by one decode. Gives *out, NULL on failure. */
PC_NODISCARD enum pc_code pc_image_open(const void *bytes, size_t len, int64_t max_pixels,
                                        struct pc_deadline deadline, struct pc_image **out,
                                        struct pc_err *err);
void pc_image_destroy(struct pc_image *image);
const struct pc_image_info *pc_image_get_info(const struct pc_image *image);

/* What the model looks at: the square region (it may reach outside the picture: black there) scaled
 * to size x size by area averaging (each output pixel is the mean of the source pixels under it;
 * bilinear when the square is smaller than the output). A letterbox of the whole picture is the
 * square {0, 0, m, m} with m = max(width, height). A point (u, v) of the view lies at (square.x + u
 * * square.w / size, square.y + v * square.h / size) in the picture. Fills rgb: size * size * 3
 * bytes, rows top down. square.w == square.h > 0 is the caller's duty. */
PC_NODISCARD enum pc_code pc_image_view(const struct pc_image *image, struct pc_box square,
                                        int size, uint8_t *rgb, struct pc_err *err);

enum pc_fill { PC_FILL_EDGE, PC_FILL_COLOUR }; /* what an extended side is filled with */

struct pc_crop {
    struct pc_ibox
        box; /* may reach outside the picture when the plan extends; filled as said below */
    int width, height; /* of the output; aspect equals the box's within a pixel */
    enum pc_fill fill;
    uint8_t colour[3];
    enum pc_format format; /* jpeg, png, webp, avif */
    int quality;           /* 1..100 */
    int progressive;
};

/* Cuts, scales (Lanczos; plain copy at 1:1) and encodes in sRGB. Metadata is dropped, copyright and
 * creator are kept. Appends the file's bytes to out. */
PC_NODISCARD enum pc_code pc_image_crop(const struct pc_image *image, const struct pc_crop *crop,
                                        struct pc_deadline deadline, struct pc_buf *out,
                                        struct pc_err *err);

/* The picture, scaled down to lie within max_side, with an SVG drawing of the picture's size laid
 * over it, as a JPEG file appended to out. The SVG is the program's own text, never a user's. */
PC_NODISCARD enum pc_code pc_image_annotate(const struct pc_image *image, const struct pc_buf *svg,
                                            int max_side, struct pc_deadline deadline,
                                            struct pc_buf *out, struct pc_err *err);

/* Without a person: the box of the object on its plain background (trim), the whole picture when
 * nothing can be trimmed; and the most interesting w x h region. */
PC_NODISCARD enum pc_code pc_image_trim(const struct pc_image *image, struct pc_ibox *out,
                                        struct pc_err *err);
PC_NODISCARD enum pc_code pc_image_interest(const struct pc_image *image, int w, int h,
                                            struct pc_ibox *out, struct pc_err *err);

#endif
