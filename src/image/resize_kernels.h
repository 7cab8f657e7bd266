/* The two inner loops of scaling, in the kinds that a processor may have. All kinds compute the
 * same integers. Threads: safe. */
#ifndef PC_IMAGE_RESIZE_KERNELS_H
#define PC_IMAGE_RESIZE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Weights have 14 bits of fraction, middle values 6. */
enum { PC_WEIGHT_BITS = 14, PC_MID_BITS = 6 };
/* Row taps come by 2, column taps by 4; a middle row has this many values of room behind it. */
enum { PC_ROW_TAPS = 2, PC_COLUMN_TAPS = 4, PC_MID_PAD = 16 };

struct pc_resize_kernels {
    const char *name;
    /* mid[i] = sum of rows[k][i] * w[k], for i in [from, to). */
    void (*rows)(const uint8_t *const *rows, const int16_t *w, int n, size_t from, size_t to,
                 int16_t *mid);
    /* rgb[i] = sum of mid[3 * k + i] * w[k]. */
    void (*columns)(const int16_t *mid, const int16_t *w, int n, uint8_t *rgb);
};

/* The i-th kind that this processor can run, the best first; NULL behind the last. */
const struct pc_resize_kernels *pc_resize_kernels(int i);

#endif
