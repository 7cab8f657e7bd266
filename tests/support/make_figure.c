/* make_figure ppm|bmp WIDTH HEIGHT: the drawn person of figure.h on standard output. */
#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_ppm(int w, int h, const uint8_t *rgb)
{
    printf("P6\n%d %d\n255\n", w, h);
    fwrite(rgb, 3, (size_t)w * (size_t)h, stdout);
}

static void write_bmp(int w, int h)
{
    struct pc_buf bmp = PC_BUF_INIT;
    test_figure_bmp(w, h, &bmp);
    fwrite(bmp.data, 1, bmp.len, stdout);
    pc_buf_finish(&bmp);
}

static int write_ppm_of(int w, int h)
{
    uint8_t *rgb = malloc((size_t)w * (size_t)h * 3);
    if (!rgb)
        return 1;
    test_figure_draw(w, h, rgb);
    write_ppm(w, h, rgb);
    free(rgb);
    return 0;
}

int main(int argc, char **argv)
{
    int w = argc == 4 ? atoi(argv[2]) : 0, h = argc == 4 ? atoi(argv[3]) : 0;
    int bmp = argc == 4 && strcmp(argv[1], "bmp") == 0;
    if (w < 16 || h < 16 || w > 20000 || h > 20000 || (!bmp && strcmp(argv[1], "ppm") != 0)) {
        fputs("usage: make_figure ppm|bmp WIDTH HEIGHT\n", stderr);
        return 2;
    }
    if (bmp)
        write_bmp(w, h);
    else if (write_ppm_of(w, h))
        return 1;
    return fflush(stdout) == 0 ? 0 : 1;
}
