/* Images: what a file is, its pixels upright in sRGB, and crops of them. The only folder that
 * includes libvips and libjpeg.
 *
 *     bytes -> open    format by magic bytes, limits from the header; then one decode at full size,
 *                      which settles orientation, colour and alpha
 *           -> view    squares for the pose model, from the decoded pixels
 *           -> crop    shots, from the decoded pixels, as files
 *
 * Ownership: pc_image_open gives an image, pc_image_destroy takes it (NULL is fine).
 * Threads: pc_image_startup once, before any other call, from the main thread. One image belongs to
 * one thread; different images may be worked on at the same time. libvips runs one thread a job and
 * caches no operations.
 * Errors: unsupported_format, image_corrupt, image_too_large, image_too_small, image_empty,
 * timeout_decode, timeout_cut.
 */
#ifndef PC_IMAGE_IMAGE_H
#define PC_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/geometry.h"
#include "image/format.h"

/* Starts and ends libvips. Startup fails when the library cannot be set up as needed. */
PC_NODISCARD enum pc_code pc_image_startup(struct pc_err *err);
void pc_image_shutdown(void);
/* Frees what libvips keeps for this thread: the last call of each thread that worked on images. */
void pc_image_thread_shutdown(void);

struct pc_image_info {
    enum pc_format format;
    int width, height; /* upright: after EXIF orientation */
    int orientation;   /* 1..8 as stored */
    bool has_alpha;
    const char *note; /* what was passed over in the file, in words for the log; static, or NULL */
};

/* Fails with unsupported_format for a file that pc_format_sniff does not know: in words on its format
 * where that is a known one (camera raw, a Photoshop document). 16 bytes are enough. */
enum pc_code pc_image_fail_unread(const void *bytes, size_t len, struct pc_err *err);

struct pc_image; /* decoded: upright, 8-bit sRGB, 3 bands; transparent pixels laid on white */

/* Decodes once. Borrows bytes for the call only. Gives *out, NULL on failure.
 *
 * Rejected from the header alone are an empty file (image_empty), a format or kind of file that is not
 * read (unsupported_format, with words on the kind), more than max_pixels (image_too_large; 0: no
 * limit) and a side under 16 pixels (image_too_small).
 *
 * A file that ends early, or whose pixels are damaged so that a decoder has to guess them, is
 * rejected (image_corrupt): guessed pixels look like smeared blocks, and a shop cannot show those.
 * Broken metadata and left-over bytes between segments do no harm. The deadline is checked every few
 * rows. WebP, AVIF and HEIC are decoded in one piece by their libraries, so a decode may end after
 * the deadline. */
PC_NODISCARD enum pc_code pc_image_open(const void *bytes, size_t len, int64_t max_pixels,
                                        struct pc_deadline deadline, struct pc_image **out,
                                        struct pc_err *err);
void pc_image_destroy(struct pc_image *image);
const struct pc_image_info *pc_image_get_info(const struct pc_image *image); /* borrows */

/* Fills rgb (size * size * 3 bytes, rows top down) with a square of the image, for the pose model.
 *
 * The square may reach outside the image: black there. It is scaled by area averaging: each output
 * pixel is the mean of the source pixels under it; bilinear where the square is smaller than the
 * output. The point (u, v) of the view lies in the image at
 *
 *     (square.x + u * square.w / size, square.y + v * square.h / size)
 *
 * A letterbox of the whole image is the square {0, 0, m, m} with m = max(width, height). The caller
 * sees to square.w == square.h > 0. */
PC_NODISCARD enum pc_code pc_image_view(const struct pc_image *image, struct pc_box square,
                                        int size, uint8_t *rgb, struct pc_err *err);

enum pc_fill { PC_FILL_EDGE, PC_FILL_COLOUR }; /* what lies outside the image is filled with */

struct pc_crop {
    struct pc_ibox box; /* may reach outside the image */
    int width, height;  /* of the output; its aspect is the box's within a pixel */
    enum pc_fill fill;
    uint8_t colour[3];
    enum pc_format format; /* jpeg, png, webp, avif */
    int quality;           /* 1..100 */
    bool progressive;
};

/* Crops, scales (Lanczos; a plain copy at 1:1) and encodes in sRGB. Of the metadata only copyright
 * and creator stay. Appends the file's bytes to out. */
PC_NODISCARD enum pc_code pc_image_crop(const struct pc_image *image, const struct pc_crop *crop,
                                        struct pc_deadline deadline, struct pc_buf *out,
                                        struct pc_err *err);

/* Appends to out a JPEG file of the image, scaled down to lie within max_side, with an SVG drawing
 * of the image's size over it. The SVG is the program's own text, never a user's. */
PC_NODISCARD enum pc_code pc_image_annotate(const struct pc_image *image, const struct pc_buf *svg,
                                            int max_side, struct pc_deadline deadline,
                                            struct pc_buf *out, struct pc_err *err);

/* For images without a person. Trim fills out with the box of the object on its plain background;
 * the whole image when there is nothing to trim. Interest fills out with the most interesting region
 * of w x h. */
PC_NODISCARD enum pc_code pc_image_trim(const struct pc_image *image, struct pc_ibox *out,
                                        struct pc_err *err);
PC_NODISCARD enum pc_code pc_image_interest(const struct pc_image *image, int w, int h,
                                            struct pc_ibox *out, struct pc_err *err);

#endif
