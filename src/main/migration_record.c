#include "main/migration_record.h"

#include "base/mem.h"
#include "records/codec.h"

char *pc_migration_record_text(const struct pc_record *r)
{
    json_t *all = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:I, s:i, s:i, "
        "s:b, "
        "s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
        "id", (json_int_t)r->id, "url", r->url, "name", r->name, "sku", r->sku, "label", r->label,
        "batch", r->batch, "status", pc_record_status_name(r->status), "stage", r->stage,
        "progress", r->progress, "attempts", r->attempts, "errorCode", r->error_code,
        "errorMessage", r->error_message, "original", r->original_key, "format", r->format, "bytes",
        (json_int_t)r->bytes, "width", r->width, "height", r->height, "attention", r->attention,
        "review", pc_record_review_name(r->review), "created", (json_int_t)r->created_ms, "updated",
        (json_int_t)r->updated_ms, "finished", (json_int_t)r->finished_ms, "shots",
        pc_codec_encode_shots(&r->result), "detail", pc_codec_encode_detail(&r->result), "edits",
        pc_codec_encode_edits(&r->edits), "verdicts", pc_codec_encode_decisions(&r->decisions));
    char *text = json_dumps(all, JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(all);
    return text ? text : pc_xstrdup("");
}
