/* The table below is the whole document; docs/mongodb.md describes it for operators. statusOrder and
 * nameOrder exist only to be sorted by. A field that is missing (a document of another program) reads
 * as empty. shots, edits and verdicts are sub-documents, detail is one text of JSON. What MongoDB does
 * not take everywhere in a field's name ('.', '$', an empty name) is written as %XX. */
#include "records/mongo/internal.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "records/codec.h"

enum kind { TEXT, LONG, INT, BOOL, TIME, STATUS, REVIEW, SHOTS, DETAIL, EDITS, DECISIONS };

static const struct field {
    const char *name;
    enum kind kind;
    size_t at; /* in struct pc_record */
} fields[] = {
    {"_id", LONG, offsetof(struct pc_record, id)},
    {"seq", LONG, offsetof(struct pc_record, seq)},
    {"url", TEXT, offsetof(struct pc_record, url)},
    {"name", TEXT, offsetof(struct pc_record, name)},
    {"sku", TEXT, offsetof(struct pc_record, sku)},
    {"label", TEXT, offsetof(struct pc_record, label)},
    {"batch", TEXT, offsetof(struct pc_record, batch)},
    {"status", STATUS, offsetof(struct pc_record, status)},
    {"stage", TEXT, offsetof(struct pc_record, stage)},
    {"progress", INT, offsetof(struct pc_record, progress)},
    {"attempts", INT, offsetof(struct pc_record, attempts)},
    {"errorCode", TEXT, offsetof(struct pc_record, error_code)},
    {"errorMessage", TEXT, offsetof(struct pc_record, error_message)},
    {"originalKey", TEXT, offsetof(struct pc_record, original_key)},
    {"format", TEXT, offsetof(struct pc_record, format)},
    {"bytes", LONG, offsetof(struct pc_record, bytes)},
    {"width", INT, offsetof(struct pc_record, width)},
    {"height", INT, offsetof(struct pc_record, height)},
    {"attention", BOOL, offsetof(struct pc_record, attention)},
    {"review", REVIEW, offsetof(struct pc_record, review)},
    {"shots", SHOTS, offsetof(struct pc_record, result)},
    {"detail", DETAIL, offsetof(struct pc_record, result)},
    {"edits", EDITS, offsetof(struct pc_record, edits)},
    {"verdicts", DECISIONS, offsetof(struct pc_record, decisions)},
    {"createdAt", TIME, offsetof(struct pc_record, created_ms)},
    {"updatedAt", TIME, offsetof(struct pc_record, updated_ms)},
    {"finishedAt", TIME, offsetof(struct pc_record, finished_ms)},
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* --- names of fields inside our JSON --- */

static char *encode_name(const char *key)
{
    struct pc_buf buf = PC_BUF_INIT;
    if (!*key)
        pc_buf_puts(&buf, "%");
    for (; *key; key++) {
        if (*key == '.' || *key == '$' || *key == '%')
            pc_buf_printf(&buf, "%%%02X", (unsigned)*key);
        else
            pc_buf_putc(&buf, *key);
    }
    return pc_buf_detach(&buf, NULL);
}

static char *decode_name(const char *stored)
{
    struct pc_buf buf = PC_BUF_INIT;
    if (strcmp(stored, "%") != 0) /* the empty name */
        pc_percent_decode_lenient(&buf, stored, strlen(stored));
    return pc_buf_detach(&buf, NULL);
}

/* --- writing --- */

static void put_json(bson_t *doc, const char *key, const json_t *value);

static void put_object(bson_t *doc, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        char *name = encode_name(key);
        put_json(doc, name, value);
        free(name);
    }
}

static void put_array(bson_t *doc, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        put_json(doc, index, json_array_get(array, i));
    }
}

static void put_json(bson_t *doc, const char *key, const json_t *value)
{
    bson_t inner;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        BSON_APPEND_DOCUMENT_BEGIN(doc, key, &inner);
        put_object(&inner, value);
        bson_append_document_end(doc, &inner);
        break;
    case JSON_ARRAY:
        BSON_APPEND_ARRAY_BEGIN(doc, key, &inner);
        put_array(&inner, value);
        bson_append_array_end(doc, &inner);
        break;
    case JSON_STRING: BSON_APPEND_UTF8(doc, key, json_string_value(value)); break;
    case JSON_INTEGER: BSON_APPEND_INT64(doc, key, json_integer_value(value)); break;
    case JSON_REAL: BSON_APPEND_DOUBLE(doc, key, json_real_value(value)); break;
    case JSON_TRUE: BSON_APPEND_BOOL(doc, key, true); break;
    case JSON_FALSE: BSON_APPEND_BOOL(doc, key, false); break;
    case JSON_NULL: BSON_APPEND_NULL(doc, key); break;
    }
}

/* Takes value. */
static void put_new_json(bson_t *doc, const char *key, json_t *value)
{
    put_json(doc, key, value);
    json_decref(value);
}

void pc_mongo_put_shots(bson_t *doc, const struct pc_record_result *result)
{
    put_new_json(doc, "shots", pc_codec_encode_shots(result));
}

/* As text, since nobody asks for a part of it. */
void pc_mongo_put_detail(bson_t *doc, const struct pc_record_result *result)
{
    json_t *detail = pc_codec_encode_detail(result);
    char *text = json_dumps(detail, JSON_COMPACT | JSON_REAL_PRECISION(17));
    BSON_APPEND_UTF8(doc, "detail", text ? text : "{}");
    free(text);
    json_decref(detail);
}

void pc_mongo_put_edits(bson_t *doc, const struct pc_record_edits *edits)
{
    put_new_json(doc, "edits", pc_codec_encode_edits(edits));
}

void pc_mongo_put_decisions(bson_t *doc, const struct pc_record_decisions *decisions)
{
    put_new_json(doc, "verdicts", pc_codec_encode_decisions(decisions));
}

void pc_mongo_put_status(bson_t *doc, enum pc_record_status status)
{
    BSON_APPEND_UTF8(doc, "status", pc_record_status_name(status));
    BSON_APPEND_INT32(doc, "statusOrder", (int32_t)status);
}

static void put_field(bson_t *doc, const struct field *f, const void *value)
{
    switch (f->kind) {
    case TEXT: BSON_APPEND_UTF8(doc, f->name, *(char *const *)value); break;
    case LONG: BSON_APPEND_INT64(doc, f->name, *(const int64_t *)value); break;
    case INT: BSON_APPEND_INT32(doc, f->name, *(const int *)value); break;
    case BOOL: BSON_APPEND_BOOL(doc, f->name, *(const bool *)value); break;
    case TIME:
        if (*(const int64_t *)value)
            BSON_APPEND_DATE_TIME(doc, f->name, *(const int64_t *)value);
        else
            BSON_APPEND_NULL(doc, f->name);
        break;
    case STATUS: pc_mongo_put_status(doc, *(const enum pc_record_status *)value); break;
    case REVIEW:
        BSON_APPEND_UTF8(doc, f->name,
                         pc_record_review_name(*(const enum pc_record_review *)value));
        break;
    case SHOTS: pc_mongo_put_shots(doc, value); break;
    case DETAIL: pc_mongo_put_detail(doc, value); break;
    case EDITS: pc_mongo_put_edits(doc, value); break;
    case DECISIONS: pc_mongo_put_decisions(doc, value); break;
    }
}

bson_t *pc_mongo_encode_record(const struct pc_record *r)
{
    bson_t *doc = bson_new();
    for (size_t i = 0; i < FIELDS; i++)
        put_field(doc, &fields[i], (const char *)r + fields[i].at);
    char *order = pc_xstrdup(r->name); /* in lower case, as far as ASCII goes */
    for (char *c = order; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    BSON_APPEND_UTF8(doc, "nameOrder", order);
    free(order);
    return doc;
}

/* --- reading --- */

static json_t *decode_json(const bson_iter_t *it);

static json_t *decode_container(const bson_iter_t *it, bool array)
{
    json_t *all = array ? json_array() : json_object();
    bson_iter_t in;
    if (!bson_iter_recurse(it, &in))
        return all;
    while (bson_iter_next(&in)) {
        if (array) {
            json_array_append_new(all, decode_json(&in));
            continue;
        }
        char *name = decode_name(bson_iter_key(&in));
        json_object_set_new(all, name, decode_json(&in));
        free(name);
    }
    return all;
}

static json_t *decode_json(const bson_iter_t *it)
{
    char hex[25];
    json_t *value = NULL;
    switch (bson_iter_type(it)) {
    case BSON_TYPE_DOCUMENT: return decode_container(it, false);
    case BSON_TYPE_ARRAY: return decode_container(it, true);
    case BSON_TYPE_UTF8: value = json_string(bson_iter_utf8(it, NULL)); break;
    case BSON_TYPE_BOOL: return json_boolean(bson_iter_bool(it));
    case BSON_TYPE_DOUBLE: value = json_real(bson_iter_double(it)); break; /* NULL: no number */
    case BSON_TYPE_INT32: return json_integer(bson_iter_int32(it));
    case BSON_TYPE_INT64: return json_integer(bson_iter_int64(it));
    case BSON_TYPE_DATE_TIME: return json_integer(bson_iter_date_time(it));
    case BSON_TYPE_OID: bson_oid_to_string(bson_iter_oid(it), hex); return json_string(hex);
    default: break;
    }
    return value ? value : json_null();
}

static int64_t decode_number(const bson_iter_t *it)
{
    switch (bson_iter_type(it)) {
    case BSON_TYPE_DOUBLE: return bson_iter_as_int64(it); /* whole, from a Node program */
    case BSON_TYPE_DATE_TIME: return bson_iter_date_time(it);
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64: return bson_iter_as_int64(it);
    default: return 0;
    }
}

/* What is stored as JSON; NULL where the document has none. */
struct stored_json {
    json_t *shots, *detail, *edits, *decisions;
};

static void read_field(const bson_iter_t *it, const struct field *f, struct pc_record *r,
                       struct stored_json *json)
{
    void *member = (char *)r + f->at;
    bool is_text = BSON_ITER_HOLDS_UTF8(it);
    const char *text = is_text ? bson_iter_utf8(it, NULL) : "";
    switch (f->kind) {
    case TEXT: pc_record_set_text(member, text); break;
    case TIME:
    case LONG: *(int64_t *)member = decode_number(it); break;
    case INT: *(int *)member = (int)decode_number(it); break;
    case BOOL: *(bool *)member = BSON_ITER_HOLDS_BOOL(it) && bson_iter_bool(it); break;
    case STATUS: (void)pc_record_status_by_name(text, member); break;
    case REVIEW: (void)pc_record_review_by_name(text, member); break;
    case SHOTS: json->shots = decode_json(it); break;
    case DETAIL:
        json->detail = is_text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
        break;
    case EDITS: json->edits = decode_json(it); break;
    case DECISIONS: json->decisions = decode_json(it); break;
    }
}

void pc_mongo_decode_record(const bson_t *doc, struct pc_record *r)
{
    struct stored_json json = {NULL};
    bson_iter_t it;
    if (!bson_iter_init(&it, doc))
        return;
    while (bson_iter_next(&it))
        for (size_t i = 0; i < FIELDS; i++)
            if (strcmp(fields[i].name, bson_iter_key(&it)) == 0)
                read_field(&it, &fields[i], r, &json);
    pc_record_result_finish(&r->result);
    pc_record_edits_finish(&r->edits);
    pc_record_decisions_finish(&r->decisions);
    pc_codec_decode_result(json.shots, json.detail, &r->result);
    pc_codec_decode_edits(json.edits, &r->edits);
    pc_codec_decode_decisions(json.decisions, &r->decisions);
    json_decref(json.shots);
    json_decref(json.detail);
    json_decref(json.edits);
    json_decref(json.decisions);
}
