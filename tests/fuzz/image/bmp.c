/* The one decoder that is ours. The first two bytes are set so that no input is lost on them. */
#include <stdlib.h>
#include <string.h>

#include "image/decoder.h"
#include "image/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_image_header head = {0};
    struct pc_raster r;
    if (size < 2)
        return 0;
    uint8_t *bytes = malloc(size);
    if (!bytes)
        abort();
    memcpy(bytes, data, size);
    memcpy(bytes, "BM", 2);
    if (pc_bmp_read_header(bytes, size, &head, &err) == PC_OK &&
        (int64_t)head.width * head.height < 1 << 18) {
        pc_raster_init(&r, head.width, head.height, 3);
        enum pc_code rc = pc_bmp_read_pixels(bytes, size, &r, &err);
        if (rc && rc != PC_E_IMAGE_CORRUPT)
            abort();
        pc_raster_finish(&r);
    }
    pc_image_header_finish(&head);
    free(bytes);
    return 0;
}
