#include "records/memory/apply.h"

#include "base/mem.h"
#include "base/str.h"
#include "records/driver.h"

struct pc_record *pc_records_memory_make_record(const struct pc_record_new *fresh, int64_t now_ms)
{
    struct pc_record *r = pc_xzalloc(sizeof *r);
    pc_record_init(r);
    pc_record_set_text(&r->url, fresh->url);
    pc_record_set_text(&r->name, fresh->name);
    pc_record_set_text(&r->sku, fresh->sku);
    pc_record_set_text(&r->label, fresh->label);
    pc_record_set_text(&r->batch, fresh->batch);
    pc_record_set_text(&r->original_key, fresh->original_key);
    pc_record_set_text(&r->format, fresh->format);
    pc_record_set_text(&r->stage, "queued");
    r->bytes = fresh->bytes;
    r->created_ms = now_ms;
    return r;
}

static void set_json(json_t **slot, const json_t *value)
{
    json_decref(*slot);
    *slot = json_deep_copy(value);
}

void pc_records_memory_apply_result(struct pc_record *r, const struct pc_record_completion *result)
{
    if (result->original_key)
        pc_record_set_text(&r->original_key, result->original_key);
    if (result->format)
        pc_record_set_text(&r->format, result->format);
    r->bytes = result->bytes;
    r->width = result->width;
    r->height = result->height;
    r->attention = result->attention;
    set_json(&r->shots, result->shots);
    set_json(&r->detail, result->detail);
    if (result->decisions) {
        set_json(&r->decisions, result->decisions);
        r->review = result->review;
    }
}

void pc_records_memory_apply_reopen(struct pc_record *r)
{
    r->status = PC_PENDING;
    r->attempts = 0;
    r->progress = 0;
    r->finished_ms = 0;
    pc_record_set_text(&r->stage, "queued");
    pc_record_set_text(&r->error_code, "");
    pc_record_set_text(&r->error_message, "");
}

void pc_records_memory_apply_annotations(struct pc_record *r,
                                         const struct pc_record_annotations *annotations)
{
    if (annotations->edits)
        set_json(&r->edits, annotations->edits);
    if (annotations->decisions)
        set_json(&r->decisions, annotations->decisions);
    if (annotations->review >= 0)
        r->review = (enum pc_record_review)annotations->review;
    if (annotations->reopen)
        pc_records_memory_apply_reopen(r);
}

bool pc_records_memory_references_blob(const struct pc_record *r, const char *key)
{
    if (pc_str_eq(r->original_key, key))
        return true;
    for (size_t i = 0; i < json_array_size(r->shots); i++)
        if (pc_str_eq(pc_record_shot_key(r->shots, i), key))
            return true;
    return false;
}
