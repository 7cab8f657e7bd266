#include "main/migration_record.h"

#include "base/mem.h"

const char *pc_migration_blob_key(const struct pc_record *r, size_t i)
{
    const char *thumbnail = json_string_value(json_object_get(r->detail, "thumbnail"));
    size_t n = json_array_size(r->shots), at = 0;
    if (*r->original_key && at++ == i)
        return r->original_key;
    for (size_t s = 0; s < n; s++) {
        const char *key = json_string_value(json_object_get(json_array_get(r->shots, s), "key"));
        if (key && at++ == i)
            return key;
    }
    return thumbnail && at == i ? thumbnail : NULL;
}

char *pc_migration_record_text(const struct pc_record *r)
{
    json_t *all = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:I, s:i, s:i, "
        "s:b, "
        "s:s, s:I, s:I, s:I, s:O, s:O, s:O, s:O}",
        "id", (json_int_t)r->id, "url", r->url, "name", r->name, "sku", r->sku, "label", r->label,
        "batch", r->batch, "status", pc_record_status_name(r->status), "stage", r->stage,
        "progress", r->progress, "attempts", r->attempts, "errorCode", r->error_code,
        "errorMessage", r->error_message, "original", r->original_key, "format", r->format, "bytes",
        (json_int_t)r->bytes, "width", r->width, "height", r->height, "attention", r->attention,
        "review", pc_record_review_name(r->review), "created", (json_int_t)r->created_ms, "updated",
        (json_int_t)r->updated_ms, "finished", (json_int_t)r->finished_ms, "shots", r->shots,
        "detail", r->detail, "edits", r->edits, "verdicts", r->decisions);
    char *text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(all);
    return text ? text : pc_xstrdup("");
}
