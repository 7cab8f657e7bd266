/* Blobs that records reference: their keys, and removing those that no record references any more. */
#include "service/internal.h"

char *pc_service_original_key(struct pc_arena *arena, const char *sha256, enum pc_format format)
{
    return pc_arena_printf(arena, "originals/%.2s/%s.%s", sha256, sha256, pc_format_ext(format));
}

pthread_mutex_t *pc_service_original_lock(struct pc_service *svc, const char *key)
{
    unsigned h = 5381; /* djb2 */
    for (; *key; key++)
        h = h * 33 + (unsigned char)*key;
    return &svc->originals[h % PC_SERVICE_ORIGINAL_LOCKS];
}

enum pc_code pc_service_read_original(struct pc_service *svc, const char *key, struct pc_buf *bytes,
                                      struct pc_err *err)
{
    size_t max = (size_t)svc->parts.config->max_upload_bytes;
    enum pc_code rc =
        key && *key ? pc_blobs_get(svc->parts.blobs, key, max, bytes, err) : PC_E_NOT_FOUND;
    return rc == PC_E_NOT_FOUND ? pc_fail(err, PC_E_ORIGINAL_MISSING, NULL) : rc;
}

enum pc_code pc_service_blob_exists(struct pc_service *svc, const char *key, bool *exists,
                                    struct pc_err *err)
{
    struct pc_blob_reader *reader = NULL;
    enum pc_code rc = pc_blobs_read(svc->parts.blobs, key, &reader, err);
    pc_blob_close(reader);
    *exists = rc != PC_E_NOT_FOUND;
    return *exists ? rc : PC_OK;
}

void pc_service_remove_blob(struct pc_service *svc, const char *key)
{
    struct pc_err err = PC_ERR_INIT;
    bool referenced = true;
    if (!key || !*key)
        return;
    enum pc_code rc = pc_records_references_blob(svc->parts.records, key, &referenced, &err);
    if (!rc && !referenced)
        rc = pc_blobs_remove(svc->parts.blobs, key, &err);
    if (rc)
        pc_log_err(PC_LOG_WARN, "blob not removed", &err, PC_LOG_STR("key", key));
}

void pc_service_remove_original(struct pc_service *svc, const char *key)
{
    if (!key || !*key)
        return;
    pthread_mutex_t *lock = pc_service_original_lock(svc, key);
    pthread_mutex_lock(lock);
    pc_service_remove_blob(svc, key);
    pthread_mutex_unlock(lock);
}
