#include "image/frame.h"

#include <stdint.h>
#include <string.h>

static int le(const uint8_t *p, int n)
{
    int v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

/* GIF89a: header and screen descriptor, a colour table, then extensions before the first image. */
bool pc_gif_first_frame(const void *bytes, size_t len, struct pc_ibox *box)
{
    enum { SCREEN_END = 13, EXTENSION = 0x21, IMAGE = 0x2c };
    const uint8_t *b = bytes;
    if (len < SCREEN_END)
        return false;
    size_t at = SCREEN_END + (b[10] & 0x80 ? (size_t)6 << (b[10] & 7) : 0);
    while (at + 2 < len && b[at] == EXTENSION) {
        for (at += 2; at < len && b[at] > 0;)
            at += 1 + (size_t)b[at];
        at++; /* the empty block that ends it */
    }
    if (at >= len || b[at] != IMAGE || len - at < 9)
        return false;
    *box = (struct pc_ibox){le(b + at + 1, 2), le(b + at + 3, 2), le(b + at + 5, 2),
                            le(b + at + 7, 2)};
    return true;
}

/* RIFF chunks up to the first ANMF, which has half the offset and the size less one, 24 bits each. */
bool pc_webp_first_frame(const void *bytes, size_t len, struct pc_ibox *box)
{
    enum { RIFF_BYTES = 12, CHUNK_BYTES = 8, MOST_CHUNKS = 100 };
    const uint8_t *b = bytes;
    size_t at = RIFF_BYTES;
    for (int n = 0; n < MOST_CHUNKS && at < len && len - at >= CHUNK_BYTES + 12; n++) {
        const uint8_t *frame = b + at + CHUNK_BYTES;
        if (!memcmp(b + at, "ANMF", 4)) {
            *box = (struct pc_ibox){2 * le(frame, 3), 2 * le(frame + 3, 3), le(frame + 6, 3) + 1,
                                    le(frame + 9, 3) + 1};
            return true;
        }
        size_t size = (size_t)b[at + 4] | (size_t)b[at + 5] << 8 | (size_t)b[at + 6] << 16 |
                      (size_t)b[at + 7] << 24;
        at += CHUNK_BYTES + size + (size & 1);
    }
    return false;
}
