/* What an ICC profile is to an image. Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_ICC_H
#define PC_IMAGE_ICC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pc_icc_fit {
    PC_ICC_FITS,
    PC_ICC_IS_SRGB,     /* within rounding, so that no transform is needed */
    PC_ICC_OTHER_MODEL, /* for another number of colours, or not for images */
    PC_ICC_BROKEN
};

/* Can this profile be used for an image with that many colour bands (without alpha)? 1 is grey, 3 is
 * RGB, 4 is CMYK. */
enum pc_icc_fit pc_icc_fit(const uint8_t *icc, size_t len, int bands);

/* The rendering intent to read a fitting profile with: relative colorimetric where the profile has
 * it, else the one that it has. Numbered as in ICC.1, which is also libvips' numbering. */
int pc_icc_intent(const uint8_t *icc, size_t len);

/* Words for the log on a profile that is passed over; NULL for one that is used. */
const char *pc_icc_note(enum pc_icc_fit fit);

#endif
