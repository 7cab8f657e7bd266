/* What is read here of PNG, GIF and WebP files, beside their libraries, and of the first bytes of any
 * file. */
#include <stdint.h>
#include <stdlib.h>

#include "image/format.h"
#include "image/frame.h"
#include "image/png_colour.h"
#include "image/unread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_buf icc = PC_BUF_INIT;
    struct pc_ibox frame;
    for (int is_grey = 0; is_grey < 2; is_grey++) {
        pc_buf_clear(&icc);
        if ((pc_png_colour(data, size, is_grey, &icc) == PC_PNG_BY_PROFILE) != (icc.len > 0))
            abort();
    }
    (void)pc_png_is_of_app(data, size);
    if (pc_gif_first_frame(data, size, &frame) &&
        (frame.x < 0 || frame.y < 0 || frame.w < 0 || frame.h < 0))
        abort();
    if (pc_webp_first_frame(data, size, &frame) &&
        (frame.x < 0 || frame.y < 0 || frame.w < 1 || frame.h < 1))
        abort();
    if (pc_format_is_hopeless(data, size) && pc_format_sniff(data, size) != PC_FORMAT_UNKNOWN)
        abort();
    (void)pc_unread_format(data, size);
    pc_buf_finish(&icc);
    return 0;
}
