/* make_figure ppm|bmp WIDTH HEIGHT: the drawn person of figure.h on standard output. */
#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_le32(uint8_t *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> (8 * i));
}

static void write_ppm(int w, int h, const uint8_t *rgb)
{
    printf("P6\n%d %d\n255\n", w, h);
    fwrite(rgb, 3, (size_t)w * (size_t)h, stdout);
}

/* 24 bits a pixel: rows from the bottom up, blue first, each row filled up to 4 bytes. */
static void write_bmp(int w, int h, const uint8_t *rgb)
{
    enum { HEADER = 54 };
    uint32_t row = ((uint32_t)w * 3 + 3) / 4 * 4;
    uint8_t head[HEADER] = {'B', 'M'};
    put_le32(head + 2, HEADER + row * (uint32_t)h);
    put_le32(head + 10, HEADER);
    put_le32(head + 14, 40);
    put_le32(head + 18, (uint32_t)w);
    put_le32(head + 22, (uint32_t)h);
    head[26] = 1;  /* planes */
    head[28] = 24; /* bits */
    put_le32(head + 34, row * (uint32_t)h);
    fwrite(head, 1, HEADER, stdout);
    uint8_t *line = calloc(1, row);
    for (int y = h - 1; line && y >= 0; y--) {
        for (int x = 0; x < w; x++) {
            const uint8_t *px = rgb + ((size_t)y * (size_t)w + (size_t)x) * 3;
            line[3 * x] = px[2];
            line[3 * x + 1] = px[1];
            line[3 * x + 2] = px[0];
        }
        fwrite(line, 1, row, stdout);
    }
    free(line);
}

int main(int argc, char **argv)
{
    int w = argc == 4 ? atoi(argv[2]) : 0, h = argc == 4 ? atoi(argv[3]) : 0;
    int bmp = argc == 4 && strcmp(argv[1], "bmp") == 0;
    if (w < 16 || h < 16 || w > 20000 || h > 20000 || (!bmp && strcmp(argv[1], "ppm") != 0)) {
        fputs("usage: make_figure ppm|bmp WIDTH HEIGHT\n", stderr);
        return 2;
    }
    uint8_t *rgb = malloc((size_t)w * (size_t)h * 3);
    if (!rgb)
        return 1;
    test_figure_draw(w, h, rgb);
    if (bmp)
        write_bmp(w, h, rgb);
    else
        write_ppm(w, h, rgb);
    free(rgb);
    return fflush(stdout) == 0 ? 0 : 1;
}
