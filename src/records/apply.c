#include "records/apply.h"

#include "base/mem.h"
#include "base/str.h"
#include "records/driver.h"

struct pc_record *pc_record_make(const struct pc_record_new *fresh, int64_t now_ms)
{
    struct pc_record *r = pc_xmalloc(sizeof *r);
    pc_record_init(r);
    pc_record_set(&r->url, fresh->url);
    pc_record_set(&r->name, fresh->name);
    pc_record_set(&r->sku, fresh->sku);
    pc_record_set(&r->label, fresh->label);
    pc_record_set(&r->batch, fresh->batch);
    pc_record_set(&r->original_key, fresh->original_key);
    pc_record_set(&r->format, fresh->format);
    pc_record_set(&r->stage, "queued");
    r->bytes = fresh->bytes;
    r->created_ms = now_ms;
    return r;
}

static void set_json(json_t **slot, const json_t *value)
{
    json_decref(*slot);
    *slot = json_deep_copy(value);
}

void pc_record_put_result(struct pc_record *r, const struct pc_record_result *result)
{
    if (result->original_key)
        pc_record_set(&r->original_key, result->original_key);
    if (result->format)
        pc_record_set(&r->format, result->format);
    r->bytes = result->bytes;
    r->width = result->width;
    r->height = result->height;
    r->attention = result->attention;
    set_json(&r->shots, result->shots);
    set_json(&r->detail, result->detail);
    if (result->verdicts) {
        set_json(&r->verdicts, result->verdicts);
        r->review = result->review;
    }
}

void pc_record_reopen(struct pc_record *r)
{
    r->status = PC_PENDING;
    r->attempts = 0;
    r->progress = 0;
    r->finished_ms = 0;
    pc_record_set(&r->stage, "queued");
    pc_record_set(&r->error_code, "");
    pc_record_set(&r->error_message, "");
}

void pc_record_put_marks(struct pc_record *r, const struct pc_record_marks *marks)
{
    if (marks->edits)
        set_json(&r->edits, marks->edits);
    if (marks->verdicts)
        set_json(&r->verdicts, marks->verdicts);
    if (marks->review >= 0)
        r->review = (enum pc_review)marks->review;
    if (marks->reopen)
        pc_record_reopen(r);
}

bool pc_record_names(const struct pc_record *r, const char *key)
{
    if (pc_streq(r->original_key, key))
        return true;
    for (size_t i = 0; i < json_array_size(r->shots); i++)
        if (pc_streq(pc_record_shot_key(r->shots, i), key))
            return true;
    return false;
}
