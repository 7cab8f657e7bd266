/* What a struct pc_image is. Private to src/image. */
#ifndef PC_IMAGE_DECODED_H
#define PC_IMAGE_DECODED_H

#include "image/image.h"
#include "image/metadata.h"
#include "image/raster.h"

struct pc_image {
    struct pc_image_info info;
    struct pc_raster raster;
    struct pc_credits credits;
};

#endif
