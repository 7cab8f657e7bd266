#include "records/record.h"

#include <stdlib.h>

#include "base/str.h"

static const char *const status_names[PC_STATUS_COUNT] = {"pending", "processed", "failed"};

const char *pc_record_status_name(enum pc_record_status s)
{
    return (unsigned)s < PC_STATUS_COUNT ? status_names[s] : "unknown";
}

bool pc_record_status_by_name(const char *name, enum pc_record_status *out)
{
    for (int i = 0; i < PC_STATUS_COUNT; i++) {
        if (pc_str_eq(name, status_names[i])) {
            *out = (enum pc_record_status)i;
            return true;
        }
    }
    return false;
}

static const char *const review_names[PC_REVIEW_COUNT] = {"none", "approved", "rejected"};

const char *pc_record_review_name(enum pc_record_review v)
{
    return (unsigned)v < PC_REVIEW_COUNT ? review_names[v] : "unknown";
}

bool pc_record_review_by_name(const char *name, enum pc_record_review *out)
{
    for (int i = 0; i < PC_REVIEW_COUNT; i++) {
        if (pc_str_eq(name, review_names[i])) {
            *out = (enum pc_record_review)i;
            return true;
        }
    }
    return false;
}

/* Every owned text of a record, so that no function forgets one. */
enum { TEXT_COUNT = 11 }; /* ten and the closing NULL */
static void texts_of(struct pc_record *r, char **slots[TEXT_COUNT])
{
    char **all[TEXT_COUNT] = {
        &r->url,        &r->name,          &r->sku,          &r->label,  &r->batch, &r->stage,
        &r->error_code, &r->error_message, &r->original_key, &r->format, NULL};
    for (int i = 0; i < TEXT_COUNT; i++)
        slots[i] = all[i];
}

void pc_record_init(struct pc_record *r)
{
    *r = (struct pc_record){.status = PC_PENDING};
    char **slots[TEXT_COUNT];
    texts_of(r, slots);
    for (int i = 0; slots[i]; i++)
        *slots[i] = pc_xstrdup("");
}

void pc_record_finish(struct pc_record *r)
{
    char **slots[TEXT_COUNT];
    texts_of(r, slots);
    for (int i = 0; slots[i]; i++)
        free(*slots[i]);
    pc_record_result_finish(&r->result);
    pc_record_edits_finish(&r->edits);
    pc_record_decisions_finish(&r->decisions);
    *r = (struct pc_record){.status = PC_PENDING};
}

void pc_record_copy(struct pc_record *dst, const struct pc_record *src)
{
    *dst = *src;
    char **slots[TEXT_COUNT];
    texts_of(dst, slots);
    for (int i = 0; slots[i]; i++)
        *slots[i] = pc_xstrdup(*slots[i]);
    pc_record_result_copy(&dst->result, &src->result);
    pc_record_edits_copy(&dst->edits, &src->edits);
    pc_record_decisions_copy(&dst->decisions, &src->decisions);
}

void pc_record_set_text(char **slot, const char *text)
{
    char *fresh = pc_xstrdup(text);
    free(*slot);
    *slot = fresh;
}

void pc_record_list_finish(struct pc_record_list *list)
{
    for (int i = 0; i < list->n; i++)
        pc_record_finish(&list->items[i]);
    free(list->items);
    *list = (struct pc_record_list){.n = 0};
}

bool pc_record_blob_at(const struct pc_record *r, int i, struct pc_record_blob *blob)
{
    int at = 0;
    if (r->original_key && *r->original_key && at++ == i) {
        *blob = (struct pc_record_blob){PC_RECORD_ORIGINAL, r->original_key, r->bytes};
        return true;
    }
    for (int s = 0; s < r->result.n_shots; s++) {
        const struct pc_record_shot *shot = &r->result.shots[s];
        if (shot->key && at++ == i) {
            *blob = (struct pc_record_blob){PC_RECORD_SHOT, shot->key, shot->bytes};
            return true;
        }
    }
    *blob = (struct pc_record_blob){PC_RECORD_THUMBNAIL, r->result.thumbnail, 0};
    return blob->key && at == i;
}

const char *pc_record_first_stage(const char *original_key)
{
    return *original_key ? "decoding" : "fetching";
}
