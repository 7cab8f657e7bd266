#include "form_text.h"

#include <stdlib.h>

static enum pc_code on_part(void *ctx, const struct pc_multipart_part *part, struct pc_err *err)
{
    (void)err;
    pc_buf_printf(ctx, "[%s|%s|", part->name, part->file_name ? part->file_name : "-");
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

const struct pc_multipart_events form_text_events = {on_part, on_data, on_part_end};

enum pc_code form_text(const void *body, size_t len, size_t step, struct pc_buf *out)
{
    struct pc_multipart *mp;
    struct pc_err err = PC_ERR_INIT;
    enum pc_code rc = pc_multipart_create("multipart/form-data; boundary=\"xx\"", &form_text_events,
                                          out, &mp, &err);
    if (rc)
        abort(); /* the Content-Type is valid */
    for (size_t at = 0; at < len && !rc; at += step)
        rc =
            pc_multipart_feed(mp, (const char *)body + at, at + step < len ? step : len - at, &err);
    if (!rc)
        rc = pc_multipart_end(mp, &err);
    pc_multipart_destroy(mp);
    return rc;
}
