/* A form that is read whole and in pieces gives the same parts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../unit/http/form_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_buf whole = PC_BUF_INIT, pieces = PC_BUF_INIT;
    enum pc_code a = form_text(data, size, size + 1, &whole);
    enum pc_code b = form_text(data, size, 1 + size % 7, &pieces);
    if (a != b || whole.len != pieces.len ||
        (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
        abort();
    pc_buf_finish(&whole);
    pc_buf_finish(&pieces);
    return 0;
}
