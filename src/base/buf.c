#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

void pc_buf_finish(struct pc_buf *buf)
{
    free(buf->data);
    *buf = (struct pc_buf)PC_BUF_INIT;
}

void pc_buf_clear(struct pc_buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = 0;
}

void pc_buf_reserve(struct pc_buf *buf, size_t more)
{
    size_t need = buf->len + more + 1;
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap ? buf->cap * 2 : 64;
    if (cap < need)
        cap = need;
    buf->data = pc_xrealloc(buf->data, cap);
    buf->data[buf->len] = 0;
    buf->cap = cap;
}

void pc_buf_append(struct pc_buf *buf, const void *bytes, size_t len)
{
    if (!len)
        return;
    pc_buf_reserve(buf, len);
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = 0;
}

void pc_buf_puts(struct pc_buf *buf, const char *text)
{
    pc_buf_append(buf, text, strlen(text));
}

void pc_buf_putc(struct pc_buf *buf, char c)
{
    pc_buf_append(buf, &c, 1);
}

void pc_buf_vprintf(struct pc_buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len <= 0)
        return;
    pc_buf_reserve(buf, (size_t)len);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, args);
    buf->len += (size_t)len;
}

void pc_buf_printf(struct pc_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    pc_buf_vprintf(buf, fmt, args);
    va_end(args);
}

char *pc_buf_detach(struct pc_buf *buf, size_t *len)
{
    pc_buf_reserve(buf, 0);
    char *data = buf->data;
    if (len)
        *len = buf->len;
    *buf = (struct pc_buf)PC_BUF_INIT;
    return data;
}

const char *pc_buf_text(const struct pc_buf *buf)
{
    return buf->data ? buf->data : "";
}

static enum pc_code read_all(struct pc_buf *buf, FILE *file, size_t max, struct pc_err *err)
{
    for (;;) {
        pc_buf_reserve(buf, 64 * 1024);
        size_t got = fread(buf->data + buf->len, 1, buf->cap - buf->len - 1, file);
        buf->len += got;
        buf->data[buf->len] = 0;
        if (buf->len > max)
            return pc_fail(err, PC_E_FILE_TOO_LARGE,
                           "The file is larger than the limit of %zu bytes.", max);
        if (got == 0)
            break;
    }
    if (ferror(file))
        return pc_fail_detail(err, PC_E_FILE_UNREADABLE, "read: %s", strerror(errno));
    return PC_OK;
}

enum pc_code pc_buf_read_file(struct pc_buf *buf, const char *path, size_t max, struct pc_err *err)
{
    FILE *file = fopen(path, "rbe");
    struct stat st;
    if (!file)
        return pc_fail_detail(err, PC_E_FILE_UNREADABLE, "%s: %s", path, strerror(errno));
    enum pc_code rc;
    if (fstat(fileno(file), &st) != 0 || S_ISDIR(st.st_mode)) {
        rc = pc_fail_detail(err, PC_E_FILE_UNREADABLE, "%s: not a file", path);
    } else {
        if (st.st_size > 0 && (size_t)st.st_size <= max)
            pc_buf_reserve(buf, (size_t)st.st_size + 1);
        rc = read_all(buf, file, max, err);
    }
    fclose(file);
    return rc ? pc_err_wrap(err, "%s", path) : PC_OK;
}
