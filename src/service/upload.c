/* An upload is hashed and written while it arrives; its key is known when it ends. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "service/internal.h"
#include "service/submit.h"

struct pc_upload {
    struct pc_service *svc;
    struct pc_blob_writer *writer;
    struct pc_sha256 *hash;
    int64_t bytes;
    unsigned char head[PC_FORMAT_HEAD_BYTES];
    size_t head_len;
};

enum pc_code pc_upload_begin(struct pc_service *svc, struct pc_upload **out, struct pc_err *err)
{
    enum pc_code rc = pc_queue_check_capacity(svc->parts.queue, 1, err);
    if (rc)
        return rc;
    struct pc_upload *up = pc_xzalloc(sizeof *up);
    up->svc = svc;
    rc = pc_blobs_begin(svc->parts.blobs, &up->writer, err);
    if (rc) {
        free(up);
        return pc_err_wrap(err, "beginning to store the upload");
    }
    up->hash = pc_sha256_create();
    *out = up;
    return PC_OK;
}

enum pc_code pc_upload_write(struct pc_upload *up, const void *data, size_t len, struct pc_err *err)
{
    int64_t max = up->svc->parts.config->max_upload_bytes;
    if (len == 0)
        return PC_OK;
    if (up->head_len < PC_FORMAT_HEAD_BYTES) {
        size_t room = PC_FORMAT_HEAD_BYTES - up->head_len, n = len < room ? len : room;
        memcpy(up->head + up->head_len, data, n);
        up->head_len += n;
        if (pc_format_is_hopeless(up->head, up->head_len))
            return pc_image_fail_unread(up->head, up->head_len, err);
    }
    up->bytes += (int64_t)len;
    if (up->bytes > max)
        return pc_fail(err, PC_E_FILE_TOO_LARGE,
                       "The file is larger than the limit of %" PRId64 " bytes.", max);
    pc_sha256_update(up->hash, data, len);
    return pc_blob_write(up->writer, data, len, err);
}

void pc_upload_abort(struct pc_upload *up)
{
    if (!up)
        return;
    pc_blob_abort(up->writer);
    pc_sha256_destroy(up->hash);
    free(up);
}

static enum pc_code store_and_accept(struct pc_upload *up, const char *sha256, const char *key,
                                     const struct pc_submission *what, enum pc_format format,
                                     struct pc_submitted *out, struct pc_err *err)
{
    char url[96], name[80];
    snprintf(url, sizeof url, "upload:sha256-%s", sha256);
    snprintf(name, sizeof name, "%.12s.%s", sha256, pc_format_ext(format));
    struct pc_record_new fresh = {
        .url = url,
        .name = what->name && *what->name ? what->name : name,
        .sku = what->sku ? what->sku : "",
        .label = what->label ? what->label : "",
        .batch = what->batch ? what->batch : "",
        .original_key = key,
        .format = pc_format_name(format),
        .bytes = up->bytes,
    };
    struct pc_blob_writer *writer = up->writer;
    up->writer = NULL; /* commit ends it in every case */
    pthread_mutex_t *lock = pc_service_original_lock(up->svc, key);
    pthread_mutex_lock(lock);
    enum pc_code rc = pc_blob_commit(writer, key, err);
    if (!rc)
        rc = pc_service_accept(up->svc, &fresh, what->priority, out, err);
    pthread_mutex_unlock(lock);
    return rc;
}

enum pc_code pc_upload_end(struct pc_upload *up, const struct pc_submission *what,
                           struct pc_submitted *out, struct pc_err *err)
{
    enum pc_format format = pc_format_sniff(up->head, up->head_len);
    enum pc_code rc = PC_OK;
    if (up->bytes == 0)
        rc = pc_fail(err, PC_E_IMAGE_EMPTY, NULL);
    else if (!format)
        rc = pc_image_fail_unread(up->head, up->head_len, err);
    if (!rc) {
        struct pc_arena arena = PC_ARENA_INIT;
        char sha256[PC_SHA256_HEX];
        pc_sha256_end(up->hash, sha256);
        up->hash = NULL;
        const char *key = pc_service_original_key(&arena, sha256, format);
        rc = store_and_accept(up, sha256, key, what, format, out, err);
        pc_arena_finish(&arena);
    }
    pc_upload_abort(up);
    return rc;
}
