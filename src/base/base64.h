/* Base64 (RFC 4648): bytes are encoded whole, text is decoded as it arrives. The decoder takes what
 * encoders write: the alphabet of section 4 and that for URLs of section 5 (- and _), lines of any
 * length, and padding that is missing. Pure.
 * Threads: one decoder belongs to one thread. */
#ifndef PC_BASE_BASE64_H
#define PC_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Appends the encoded bytes, with padding. */
void pc_base64_encode(struct pc_buf *out, const void *bytes, size_t len);

struct pc_base64_decoder { /* starts zeroed */
    uint32_t bits;
    int n_held; /* characters whose bits are in bits, 0..3 */
    int n_padding;
};

/* Decodes len more characters into out, which has room for len * 3 / 4 + 3 bytes, and counts the
 * bytes in *got. White space (as HTML defines it) is skipped. False when another character is
 * outside the alphabets or comes after the padding. */
bool pc_base64_decode(struct pc_base64_decoder *d, const char *text, size_t len, unsigned char *out,
                      size_t *got);
/* Call it once, after the last piece: writes the last bytes, at most 2. False when the text ends in
 * the middle of a byte. The padding may be missing. */
bool pc_base64_decode_end(struct pc_base64_decoder *d, unsigned char *out, size_t *got);

#endif
