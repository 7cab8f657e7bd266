/* Boxes of HEIC and AVIF files, without decoding them. Whatever is written must be as good to the
 * same reader, and hold the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/heif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct pc_buf *first)
{
    struct pc_err err = PC_ERR_INIT;
    bool premultiplied;
    struct pc_buf second = PC_BUF_INIT, third = PC_BUF_INIT;
    if (pc_heif_isolate(first->data, first->len, &second, &premultiplied, &err) ||
        pc_heif_isolate(second.data, second.len, &third, &premultiplied, &err))
        abort();
    size_t meta = second.len - first->len; /* the file is in the next one, behind the same header */
    if (third.len - second.len != meta || third.len < meta ||
        memcmp(third.data, second.data, 28) != 0)
        abort();
    pc_buf_finish(&second);
    pc_buf_finish(&third);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_err err = PC_ERR_INIT;
    bool premultiplied;
    struct pc_buf out = PC_BUF_INIT;
    enum pc_code rc = pc_heif_isolate(data, size, &out, &premultiplied, &err);
    if (rc && rc != PC_E_IMAGE_CORRUPT && rc != PC_E_UNSUPPORTED_FORMAT)
        abort();
    if ((rc == PC_OK) != (out.len > 0))
        abort();
    if (rc == PC_OK)
        check_written(&out);
    pc_buf_finish(&out);
    return 0;
}
