/* EXIF, XMP, IPTC and ICC, each over all of the bytes, from every place where a block may start. */
#include <stdlib.h>
#include <string.h>

#include "image/icc.h"
#include "image/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const uint8_t *data, size_t size)
{
    struct pc_credits credits = {0};
    struct pc_buf exif = PC_BUF_INIT;
    int orientation = 0;
    pc_exif_read(data, size, &orientation, &credits);
    pc_xmp_read(data, size, &credits);
    pc_iptc_read(data, size, &credits);
    for (int bands = 0; bands <= 4; bands++)
        if (pc_icc_fit(data, size, bands) == PC_ICC_FITS)
            (void)pc_icc_intent(data, size);
    if (orientation < 0 || orientation > 8)
        abort();
    pc_exif_write(&credits, &exif);
    struct pc_credits again = {0};
    pc_exif_read((const uint8_t *)pc_buf_text(&exif), exif.len, &orientation, &again);
    if (strcmp(again.creator, credits.creator) != 0 || strcmp(again.rights, credits.rights) != 0)
        abort(); /* what is written has to read back */
    pc_buf_finish(&exif);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_all(data, size);
    for (size_t at = 0; at + 8 < size; at++)
        if (!memcmp(data + at, "Exif", 4) || !memcmp(data + at, "acsp", 4))
            read_all(data + (data[at] == 'a' && at >= 36 ? at - 36 : at),
                     size - (data[at] == 'a' && at >= 36 ? at - 36 : at));
    return 0;
}
