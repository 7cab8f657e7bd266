/* A JSON body that is read whole and in pieces gives the same result; whatever is accepted, a plain
 * parser accepts too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/body/json_body.h"
#include "http/body/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum pc_code append(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    (void)err;
    pc_buf_append(ctx, data, len);
    return PC_OK;
}

static enum pc_code read_body(const uint8_t *data, size_t size, size_t step, struct pc_buf *image,
                              json_t **out)
{
    struct pc_json_body j;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = PC_OK;
    *out = NULL;
    pc_json_body_init(&j, append, image);
    for (size_t at = 0; at < size && !rc; at += step)
        rc = pc_json_body_feed(&j, (const char *)data + at, at + step < size ? step : size - at,
                               &err);
    if (!rc)
        rc = pc_json_body_end(&j, out, &err);
    pc_json_body_finish(&j);
    return rc;
}

static void compare(const uint8_t *data, size_t size, json_t *ours)
{
    size_t mark = pc_text_mark((const char *)data, size);
    json_t *plain =
        json_loadb((const char *)data + mark, size - mark, JSON_REJECT_DUPLICATES, NULL);
    if (!plain)
        abort();
    json_object_del(plain, "imageData");
    if (!json_equal(plain, ours))
        abort();
    json_decref(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_buf whole = PC_BUF_INIT, pieces = PC_BUF_INIT;
    json_t *first, *second;
    enum pc_code a = read_body(data, size, size + 1, &whole, &first);
    enum pc_code b = read_body(data, size, 1 + size % 7, &pieces, &second);
    if (a != b)
        abort();
    if (!a) {
        if (whole.len != pieces.len || !json_equal(first, second) ||
            (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
            abort();
        compare(data, size, first);
    }
    json_decref(first);
    json_decref(second);
    pc_buf_finish(&whole);
    pc_buf_finish(&pieces);
    return 0;
}
