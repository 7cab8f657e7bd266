/* The two inner loops of scaling, once for each instruction set that is made use of. All of them
 * compute the same integers. Threads: safe. */
#ifndef PC_IMAGE_RESIZE_KERNELS_H
#define PC_IMAGE_RESIZE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Weights have 14 bits of fraction, middle values 6. */
enum { PC_WEIGHT_BITS = 14, PC_MID_BITS = 6 };
/* The number of row taps is a multiple of 2, that of column taps a multiple of 4. Behind a middle row
 * there is room for PC_MID_PAD more values, which the loops may read. */
enum { PC_ROW_TAPS = 2, PC_COLUMN_TAPS = 4, PC_MID_PAD = 16 };

struct pc_resize_kernels {
    const char *name;
    /* mid[i] = sum of rows[k][i] * w[k], for i in [from, to). */
    void (*rows)(const uint8_t *const *rows, const int16_t *w, int n, size_t from, size_t to,
                 int16_t *mid);
    /* rgb[i] = sum of mid[3 * k + i] * w[k]. */
    void (*columns)(const int16_t *mid, const int16_t *w, int n, uint8_t *rgb);
};

/* The loops that this processor can run, the fastest first; NULL behind the last. */
const struct pc_resize_kernels *pc_resize_kernels(int i);

#endif
