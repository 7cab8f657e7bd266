#include "records/memory/internal.h"

#include "base/mem.h"
#include "base/str.h"

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

static void set_decisions(struct pc_record *r, const struct pc_record_decisions *decisions)
{
    pc_record_decisions_finish(&r->decisions);
    pc_record_decisions_copy(&r->decisions, decisions);
}

void pc_records_memory_apply_completion(struct pc_record *r,
                                        const struct pc_record_completion *completion)
{
    if (completion->original_key)
        pc_record_set_text(&r->original_key, completion->original_key);
    if (completion->format)
        pc_record_set_text(&r->format, completion->format);
    r->bytes = completion->bytes;
    r->width = completion->width;
    r->height = completion->height;
    r->attention = completion->attention;
    pc_record_result_finish(&r->result);
    pc_record_result_copy(&r->result, completion->result);
    if (completion->decisions) {
        set_decisions(r, completion->decisions);
        r->review = completion->review;
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
    if (annotations->edits) {
        pc_record_edits_finish(&r->edits);
        pc_record_edits_copy(&r->edits, annotations->edits);
    }
    if (annotations->decisions)
        set_decisions(r, annotations->decisions);
    if (annotations->review >= 0)
        r->review = (enum pc_record_review)annotations->review;
    if (annotations->reopen)
        pc_records_memory_apply_reopen(r);
}

bool pc_records_memory_references_blob(const struct pc_record *r, const char *key)
{
    struct pc_record_blob blob;
    for (int i = 0; pc_record_blob_at(r, i, &blob); i++)
        if (blob.role != PC_RECORD_THUMBNAIL && pc_str_eq(blob.key, key))
            return true;
    return false;
}
