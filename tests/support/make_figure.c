/* make_figure ppm|bmp|truth WIDTH HEIGHT: the drawn person of figure.h on standard output; truth is
 * its keypoints and its box as in a COCO annotation. */
#include "figure.h"

#include <stdbool.h>
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

static void write_truth(int w, int h)
{
    struct pc_keypoint l[PC_KEYPOINT_COUNT];
    struct pc_box b = test_figure_box(w, h);
    test_figure_keypoints(w, h, l);
    printf("{\"bbox\": [%.2f, %.2f, %.2f, %.2f], \"keypoints\": [", b.x, b.y, b.w, b.h);
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        printf("%s%.2f, %.2f, 2", i ? ", " : "", l[i].x, l[i].y);
    puts("]}");
}

int main(int argc, char **argv)
{
    int64_t w = 0, h = 0;
    const char *what = argc == 4 ? argv[1] : "";
    bool bmp = strcmp(what, "bmp") == 0, truth = strcmp(what, "truth") == 0;
    if (argc != 4 || (!bmp && !truth && strcmp(what, "ppm") != 0) ||
        !pc_str_to_i64(argv[2], 16, 20000, &w) || !pc_str_to_i64(argv[3], 16, 20000, &h)) {
        fputs("usage: make_figure ppm|bmp|truth WIDTH HEIGHT\n", stderr);
        return 2;
    }
    if (truth)
        write_truth((int)w, (int)h);
    else if (bmp)
        write_bmp((int)w, (int)h);
    else if (write_ppm_of((int)w, (int)h))
        return 1;
    return fflush(stdout) == 0 ? 0 : 1;
}
