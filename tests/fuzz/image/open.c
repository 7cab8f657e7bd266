/* Any bytes as an image: sniff, decode, view, cut. */
#include <stdlib.h>

#include "image/image.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct pc_err err = PC_ERR_INIT;
    (void)argc, (void)argv;
    if (pc_image_startup(&err))
        abort();
    return 0;
}

static void use(const struct pc_image *pic)
{
    static uint8_t view[32 * 32 * 3];
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf out = PC_BUF_INIT;
    const struct pc_image_info *info = pc_image_get_info(pic);
    int longer = info->width > info->height ? info->width : info->height;
    if (pc_image_view(pic, (struct pc_box){0, 0, longer, longer}, 32, view, &err))
        abort();
    struct pc_crop cut = {.box = {-3, 2, info->width, info->height},
                          .width = 20,
                          .height = 20,
                          .format = PC_FORMAT_JPEG,
                          .quality = 80};
    if (pc_image_crop(pic, &cut, (struct pc_deadline){0}, &out, &err))
        abort();
    pc_buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image *pic;
    enum pc_code rc = pc_image_open(data, size, 1 << 20, pc_deadline_in(5000), &pic, &err);
    if ((rc == PC_OK) != (pic != NULL))
        abort();
    if (pic)
        use(pic);
    pc_image_destroy(pic);
    return 0;
}
