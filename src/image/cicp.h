/* Colour spaces by the numbers of ITU-T H.273, as the property `nclx` of HEIC and AVIF has them.
 * Private to src/image. Threads: safe. */
#ifndef PC_IMAGE_CICP_H
#define PC_IMAGE_CICP_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends the ICC profile of that colour space. False, and nothing is appended, when its numbers are
 * shown as sRGB: it is sRGB, or unknown. PQ and HLG are tone-mapped: the profile leads to what a
 * screen of ordinary brightness shows (docs/adr/0011). */
bool pc_cicp_profile(unsigned primaries, unsigned transfer, struct pc_buf *out);

#endif
