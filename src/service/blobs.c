/* The keys of blobs, and removing blobs that no record references any more. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "service/internal.h"

/* --- keys --- */

enum { CONTENT_HEX = 16, RECIPE_HEX = 8 };

char *pc_service_original_key(struct pc_arena *arena, const char *sha256, enum pc_format format)
{
    return pc_arena_printf(arena, "originals/%.2s/%s.%s", sha256, sha256, pc_format_ext(format));
}

char *pc_service_shot_key(struct pc_arena *arena, int64_t id, const struct pc_shot *shot,
                          const struct pc_buf *file)
{
    char sha256[PC_SHA256_HEX], label[PC_SHOT_LABEL_BYTES];
    enum pc_format format = pc_format_by_name(pc_recipe_format_name(shot->recipe->format));
    pc_sha256_of(file->data, file->len, sha256);
    pc_shot_label(shot, label);
    return pc_arena_printf(arena, "shots/%" PRId64 "/%s-%.*s-%.*s.%s", id, label, RECIPE_HEX,
                           shot->recipe->hash, CONTENT_HEX, sha256, pc_format_ext(format));
}

char *pc_service_thumbnail_key(struct pc_arena *arena, int64_t id, const struct pc_buf *file)
{
    char sha256[PC_SHA256_HEX];
    pc_sha256_of(file->data, file->len, sha256);
    return pc_arena_printf(arena, "shots/%" PRId64 "/thumbnail-%.*s.jpg", id, CONTENT_HEX, sha256);
}

int64_t pc_service_key_image(const char *key)
{
    static const char folder[] = "shots/";
    const char *digits = key + sizeof folder - 1;
    char *end;
    if (!pc_str_starts(key, folder) || *digits < '1' || *digits > '9')
        return 0;
    long long id = strtoll(digits, &end, 10);
    return *end == '/' ? id : 0;
}

bool pc_service_parse_shot_key(const char *key, int64_t *id, char label[PC_BLOB_KEY_MAX + 1])
{
    static const char hex[] = "0123456789abcdef";
    *id = pc_service_key_image(key);
    if (!*id)
        return false;
    pc_str_copy(label, PC_BLOB_KEY_MAX + 1, strrchr(key, '/') + 1);
    char *dot = strrchr(label, '.');
    char *hash = dot ? dot - CONTENT_HEX : label;
    if (hash <= label + 1 || hash[-1] != '-' || strspn(hash, hex) != CONTENT_HEX)
        return false;
    hash[-1] = 0;
    if (strcmp(label, "thumbnail") == 0)
        return true;
    char *recipe = hash - 1 - RECIPE_HEX;
    if (recipe <= label + 1 || recipe[-1] != '-' || strspn(recipe, hex) != RECIPE_HEX)
        return false;
    recipe[-1] = 0;
    return true;
}

/* --- reading and removing --- */

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
