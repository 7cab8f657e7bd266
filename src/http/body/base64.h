/* Base64 (RFC 4648, 4) in pieces. Pure. Threads: one decoder belongs to one thread. */
#ifndef PC_HTTP_BODY_BASE64_H
#define PC_HTTP_BODY_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pc_base64 { /* zeroed memory is a fresh one */
    uint32_t bits;
    int held; /* sextets in bits, 0..3 */
    int pads;
};

/* Decodes len characters into out (room for len * 3 / 4 + 3) and counts in *got. false: a character
 * that is none, or one behind the padding. */
bool pc_base64_feed(struct pc_base64 *d, const char *text, size_t len, unsigned char *out,
                    size_t *got);
/* Is what came whole? Padding may be left out. Call once, after the last feed; fills up to 2 bytes.
 */
bool pc_base64_end(struct pc_base64 *d, unsigned char *out, size_t *got);

#endif
