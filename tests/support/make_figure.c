/* make_figure ppm|bmp WIDTH HEIGHT: the drawn person of figure.h on standard output. */
#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

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
    int64_t w = 0, h = 0;
    int bmp = argc == 4 && strcmp(argv[1], "bmp") == 0;
    if (argc != 4 || (!bmp && strcmp(argv[1], "ppm") != 0) ||
        !pc_str_to_i64(argv[2], 16, 20000, &w) || !pc_str_to_i64(argv[3], 16, 20000, &h)) {
        fputs("usage: make_figure ppm|bmp WIDTH HEIGHT\n", stderr);
        return 2;
    }
    if (bmp)
        write_bmp((int)w, (int)h);
    else if (write_ppm_of((int)w, (int)h))
        return 1;
    return fflush(stdout) == 0 ? 0 : 1;
}
