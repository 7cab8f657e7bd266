/* Any bytes as a TIFF's directories: the layout that comes out lies within them. */
#include <stdlib.h>

#include "image/tiff_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_tiff_layout layout;
    struct pc_err err = PC_ERR_INIT;
    if (pc_tiff_choose(data, size, &layout, &err))
        return 0;
    if (layout.orientation < 1 || layout.orientation > 8 || layout.page < 0 || layout.sub_ifd < -1)
        abort();
    if (layout.colours_at >= size || layout.kind_of_alpha_at >= size)
        abort(); /* bytes that may be changed in a copy */
    if (layout.is_premultiplied && (layout.alpha < layout.n_colours || !layout.kind_of_alpha_at))
        abort();
    return 0;
}
