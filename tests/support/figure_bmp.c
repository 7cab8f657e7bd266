#include "figure.h"

#include <stdlib.h>

#include "base/mem.h"

enum { HEADER = 54 };

static void put_le32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (8 * i));
}

/* 24 bits a pixel: rows from the bottom up, blue first, each row filled up to 4 bytes. */
static void put_head(int w, int h, uint32_t row, struct pc_buf *out)
{
    uint8_t head[HEADER] = {'B', 'M'};
    put_le32(head + 2, HEADER + row * (uint32_t)h);
    put_le32(head + 10, HEADER);
    put_le32(head + 14, 40);
    put_le32(head + 18, (uint32_t)w);
    put_le32(head + 22, (uint32_t)h);
    head[26] = 1;  /* planes */
    head[28] = 24; /* bits */
    put_le32(head + 34, row * (uint32_t)h);
    pc_buf_append(out, head, sizeof head);
}

void test_figure_bmp(int w, int h, struct pc_buf *out)
{
    uint32_t row = ((uint32_t)w * 3 + 3) / 4 * 4;
    uint8_t *rgb = pc_xzalloc((size_t)w * (size_t)h * 3), *line = pc_xzalloc(row);
    test_figure_draw(w, h, rgb);
    put_head(w, h, row, out);
    for (int y = h - 1; y >= 0; y--) {
        const uint8_t *px = rgb + (size_t)y * (size_t)w * 3;
        for (int x = 0; x < w * 3; x += 3) {
            line[x] = px[x + 2];
            line[x + 1] = px[x + 1];
            line[x + 2] = px[x];
        }
        pc_buf_append(out, line, row);
    }
    free(line);
    free(rgb);
}
