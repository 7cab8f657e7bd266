/* A form read whole and in pieces gives the same parts, and never more data than came. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum pc_code on_part(void *ctx, const char *name, const char *file, struct pc_err *err)
{
    (void)err;
    pc_buf_printf(ctx, "[%s|%s|", name, file ? file : "-");
    return PC_OK;
}

static enum pc_code on_data(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    (void)err;
    pc_buf_append(ctx, data, len);
    return PC_OK;
}

static enum pc_code on_part_end(void *ctx, struct pc_err *err)
{
    (void)err;
    pc_buf_putc(ctx, ']');
    return PC_OK;
}

static enum pc_code read_form(const uint8_t *data, size_t size, size_t step, struct pc_buf *out)
{
    static const struct pc_multipart_events events = {on_part, on_data, on_part_end};
    struct pc_multipart *mp;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc =
        pc_multipart_create("multipart/form-data; boundary=xx", &events, out, &mp, &err);
    if (rc)
        abort();
    for (size_t at = 0; at < size && !rc; at += step)
        rc = pc_multipart_feed(mp, data + at, at + step < size ? step : size - at, &err);
    if (!rc)
        rc = pc_multipart_end(mp, &err);
    pc_multipart_destroy(mp);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_buf whole = PC_BUF_INIT, pieces = PC_BUF_INIT;
    enum pc_code a = read_form(data, size, size + 1, &whole);
    enum pc_code b = read_form(data, size, 1 + size % 7, &pieces);
    if (a != b || whole.len != pieces.len ||
        (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
        abort();
    pc_buf_finish(&whole);
    pc_buf_finish(&pieces);
    return 0;
}
