/* Writing ICC profiles. Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_ICC_WRITE_H
#define PC_IMAGE_ICC_WRITE_H

#include <stdbool.h>

#include <lcms2.h>

#include "base/buf.h"

/* Takes the profile, which may be NULL, and appends it to out. False when nothing was appended. */
bool pc_icc_write(cmsHPROFILE profile, struct pc_buf *out);

/* The curve of sRGB, from the stored value to light. Gives. */
cmsToneCurve *pc_icc_srgb_curve(void);

#endif
