/* No filter matches a document of the first version: its _id is an ObjectId, so comparing _id or seq
 * with a number fails, and it lacks the other fields that filters ask for. */

#include "records/mongo/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* Some servers refuse a longer expression; a letter takes four bytes of it. */
enum { SEARCH_MAX_BYTES = 2000, SCAN_MS = 5000 };

/* Gives an expression that finds text anywhere and ignores case for A-Z only; the option "i" would
 * ignore it for more letters. */
static char *search_regex(const char *text)
{
    struct pc_buf buf = PC_BUF_INIT;
    for (; *text; text++) {
        char lower = (char)(*text | 0x20);
        if (lower >= 'a' && lower <= 'z')
            pc_buf_printf(&buf, "[%c%c]", lower - 'a' + 'A', lower);
        else if (strchr("\\.+*?()|[]{}^$", *text))
            pc_buf_printf(&buf, "\\%c", *text);
        else
            pc_buf_putc(&buf, *text);
    }
    return pc_buf_detach(&buf, NULL);
}

static void put_search(bson_t *filter, const char *text)
{
    static const char *const searched[] = {"url", "name", "sku", "label", "batch"};
    bson_t any, one;
    char at[4];
    int n = 0;
    int64_t id;
    char *pattern = search_regex(text);
    BSON_APPEND_ARRAY_BEGIN(filter, "$or", &any);
    for (; n < 5; n++) {
        snprintf(at, sizeof at, "%d", n);
        BSON_APPEND_DOCUMENT_BEGIN(&any, at, &one);
        BSON_APPEND_REGEX(&one, searched[n], pattern, "");
        bson_append_document_end(&any, &one);
    }
    if (pc_str_to_i64(text, 1, INT64_MAX, &id)) {
        BSON_APPEND_DOCUMENT_BEGIN(&any, "5", &one);
        BSON_APPEND_INT64(&one, "_id", id);
        bson_append_document_end(&any, &one);
    }
    bson_append_array_end(filter, &any);
    free(pattern);
}

enum pc_code pc_mongo_filter(const struct pc_record_query *q, int64_t upto, bson_t **filter,
                             struct pc_err *err)
{
    *filter = NULL;
    if (q->search && strlen(q->search) > SEARCH_MAX_BYTES)
        return pc_fail(err, PC_E_BAD_REQUEST, "The text to look for is longer than %d bytes.",
                       SEARCH_MAX_BYTES);
    bson_t *f = bson_new();
    if (q->since_seq > 0)
        BCON_APPEND(f, "seq", "{", "$gt", BCON_INT64(q->since_seq), "$lte", BCON_INT64(upto), "}");
    BCON_APPEND(f, "_id", "{", "$gt", BCON_INT64(q->after_id), "}");
    if (q->status >= 0)
        BSON_APPEND_UTF8(f, "status", pc_record_status_name((enum pc_record_status)q->status));
    if (q->attention >= 0)
        BSON_APPEND_BOOL(f, "attention", q->attention == 1);
    if (q->review >= 0)
        BSON_APPEND_UTF8(f, "review", pc_record_review_name((enum pc_record_review)q->review));
    if (q->batch)
        BSON_APPEND_UTF8(f, "batch", q->batch);
    if (q->search)
        put_search(f, q->search);
    *filter = f;
    return PC_OK;
}

bson_t *pc_mongo_list_opts(const struct pc_record_query *q)
{
    static const char *const columns[] = {[PC_SORT_ID] = NULL,
                                          [PC_SORT_UPDATED] = "updatedAt",
                                          [PC_SORT_NAME] = "nameOrder",
                                          [PC_SORT_STATUS] = "statusOrder"};
    bson_t *opts = bson_new(), sort;
    int32_t way = q->descending ? -1 : 1;
    BSON_APPEND_DOCUMENT_BEGIN(opts, "sort", &sort);
    if (q->since_seq > 0) {
        BSON_APPEND_INT32(&sort, "seq", 1);
    } else {
        if (columns[q->sort])
            BSON_APPEND_INT32(&sort, columns[q->sort], way);
        BSON_APPEND_INT32(&sort, "_id", way);
    }
    bson_append_document_end(opts, &sort);
    if (q->since_seq > 0) /* few rows, whatever other filter looks better */
        BCON_APPEND(opts, "hint", BCON_UTF8("seq"));
    BSON_APPEND_INT64(opts, "limit", q->limit);
    BSON_APPEND_INT64(opts, "batchSize", q->limit);
    BSON_APPEND_INT64(opts, "skip", q->offset);
    BSON_APPEND_INT64(opts, "maxTimeMS", SCAN_MS);
    return opts;
}

bson_t *pc_mongo_blob_filter(const char *key)
{
    return BCON_NEW("$or", "[", "{", "shots.key", BCON_UTF8(key), "}", "{", "originalKey",
                    BCON_UTF8(key), "}", "]");
}

bson_t *pc_mongo_stale_filter(int64_t before_ms)
{
    return BCON_NEW("status", BCON_UTF8("pending"), "updatedAt", "{", "$lt",
                    BCON_DATE_TIME(before_ms), "}", "_id", "{", "$gt", BCON_INT64(0), "}");
}

bson_t *pc_mongo_stale_opts(int max)
{
    return BCON_NEW("sort", "{", "updatedAt", BCON_INT32(1), "_id", BCON_INT32(1), "}", "limit",
                    BCON_INT64(max), "projection", "{", "_id", BCON_INT32(1), "}");
}
