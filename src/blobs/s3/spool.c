#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "blobs/s3/internal.h"

enum { MEMORY_MAX = 1 << 20, CHUNK = 64 << 10 };

void pc_s3_spool_init(struct pc_s3_spool *s)
{
    *s = (struct pc_s3_spool){.fd = -1, .hash = pc_sha256_create()};
}

static enum pc_code fail_errno(int os, const char *doing, struct pc_err *err)
{
    char text[128];
    bool full = os == ENOSPC || os == EDQUOT || os == EFBIG;
    return pc_fail_detail(err, full ? PC_E_STORE_FULL : PC_E_STORE_UNAVAILABLE,
                          "%s a temporary file: %s", doing, strerror_r(os, text, sizeof text));
}

/* Where the file system knows no files without a name, the name is removed at once. */
static int open_unnamed(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    char *name = pc_xasprintf("%s/posecraft-XXXXXX", folder);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    free(name);
    return fd;
}

static enum pc_code write_all(int fd, const char *data, size_t len, struct pc_err *err)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return fail_errno(errno, "writing", err);
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return PC_OK;
}

static enum pc_code move_to_file(struct pc_s3_spool *s, const char *folder, struct pc_err *err)
{
    s->fd = open_unnamed(folder);
    if (s->fd < 0)
        return fail_errno(errno, "making", err);
    enum pc_code rc = write_all(s->fd, pc_buf_text(&s->memory), s->memory.len, err);
    pc_buf_finish(&s->memory);
    return rc;
}

enum pc_code pc_s3_spool_add(struct pc_s3_spool *s, const char *folder, const void *data,
                             size_t len, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    if (s->fd < 0 && s->memory.len + len > MEMORY_MAX)
        rc = move_to_file(s, folder, err);
    if (!rc && s->fd >= 0)
        rc = write_all(s->fd, data, len, err);
    if (rc)
        return rc;
    if (s->fd < 0)
        pc_buf_append(&s->memory, data, len);
    s->len += (int64_t)len;
    pc_sha256_update(s->hash, data, len);
    return PC_OK;
}

void pc_s3_spool_hash(struct pc_s3_spool *s, char hex[PC_SHA256_HEX])
{
    pc_sha256_end(s->hash, hex);
    s->hash = NULL;
}

enum pc_code pc_s3_spool_hash_range(const struct pc_s3_spool *s, int64_t offset, int64_t len,
                                    char hex[PC_SHA256_HEX], struct pc_err *err)
{
    char chunk[CHUNK];
    struct pc_sha256 *hash = pc_sha256_create();
    while (len > 0) {
        ssize_t n = pread(s->fd, chunk, len < CHUNK ? (size_t)len : CHUNK, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            pc_sha256_destroy(hash);
            return fail_errno(n < 0 ? errno : EIO, "reading", err);
        }
        pc_sha256_update(hash, chunk, (size_t)n);
        offset += n;
        len -= n;
    }
    pc_sha256_end(hash, hex);
    return PC_OK;
}

void pc_s3_spool_finish(struct pc_s3_spool *s)
{
    pc_buf_finish(&s->memory);
    if (s->fd >= 0)
        close(s->fd);
    pc_sha256_destroy(s->hash);
    *s = (struct pc_s3_spool){.fd = -1};
}
