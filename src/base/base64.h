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

struct pc_base64_decoder { /* zeroed memory is a fresh one */
    uint32_t bits;
    int n_held; /* characters whose bits are in bits, 0..3 */
    int n_padding;
};

/* Decodes len more characters into out, which has room for len * 3 / 4 + 3 bytes, and counts the
 * bytes in *got. White space (that of HTML) is skipped. False when any other character is not of
 * the alphabets or follows the padding. */
bool pc_base64_decode(struct pc_base64_decoder *d, const char *text, size_t len, unsigned char *out,
                      size_t *got);
/* To be called once, after the last piece: fills in up to 2 last bytes. False when the text as a
 * whole is cut short. The padding may be missing. */
bool pc_base64_decode_end(struct pc_base64_decoder *d, unsigned char *out, size_t *got);

#endif
