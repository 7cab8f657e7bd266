#include "service/query.h"

#include <string.h>

#include "base/str.h"
#include "service/internal.h"

enum { REPLACED_ROUNDS = 3 };

/* --- images --- */

enum pc_code pc_service_record(struct pc_service *svc, int64_t id, struct pc_record *r,
                               struct pc_err *err)
{
    return pc_records_get(svc->parts.records, id, r, err);
}

enum pc_code pc_service_status(struct pc_service *svc, int64_t id, enum pc_record_status *out,
                               struct pc_err *err)
{
    struct pc_record r = {0};
    enum pc_code rc = pc_records_get(svc->parts.records, id, &r, err);
    if (!rc)
        *out = r.status;
    pc_record_finish(&r);
    return rc;
}

static enum pc_code count(struct pc_service *svc, const struct pc_record_query *within,
                          struct pc_query_counts *out, struct pc_err *err)
{
    *out = (struct pc_query_counts){.seq = 0};
    return pc_records_count(svc->parts.records, within, out->by_status, &out->attention, &out->seq,
                            err);
}

enum pc_code pc_service_counts(struct pc_service *svc, struct pc_query_counts *out,
                               struct pc_err *err)
{
    return count(svc, NULL, out, err);
}

/* How many records match, as far as the counts within the filter tell; -1 when they do not. */
static int64_t total_of(const struct pc_query_counts *counts, const struct pc_record_query *q)
{
    const int64_t *n = counts->by_status;
    int64_t all = n[PC_PENDING] + n[PC_PROCESSED] + n[PC_FAILED];
    if (q->since_seq > 0 || q->after_id > 0 || (q->status >= 0 && q->attention >= 0))
        return -1;
    if (q->status >= 0)
        return n[q->status];
    if (q->attention >= 0)
        return q->attention ? counts->attention : all - counts->attention;
    return all;
}

enum pc_code pc_service_list(struct pc_service *svc, const struct pc_record_query *q,
                             struct pc_query_list *out, struct pc_err *err)
{
    struct pc_record_query query = *q;
    bool all = true;
    *out = (struct pc_query_list){.has_removed = q->since_seq > 0};
    enum pc_code rc = count(svc, q, &out->counts, err);
    int64_t total = rc ? -1 : total_of(&out->counts, q);
    query.want_total = q->want_total && total < 0;
    if (!rc)
        rc = pc_records_list(svc->parts.records, &query, &out->records, err);
    if (!rc) {
        /* A full page of changes is not all of them: go on behind the last one shown. */
        bool more = out->has_removed && out->records.n == q->limit;
        out->seq = more ? out->records.items[out->records.n - 1].seq : out->records.last_seq;
        if (total >= 0)
            out->records.total = total;
    }
    /* Removals are read after the list: one that happens in between is reported twice, not never.
     */
    if (!rc && out->has_removed)
        rc = pc_records_list_tombstones(svc->parts.records, q->since_seq, out->removed,
                                        PC_QUERY_REMOVED_MAX, &out->n_removed, &all, err);
    if (!all) {
        out->reset = true;
        out->n_removed = 0;
    }
    if (rc)
        pc_query_list_finish(out);
    return rc;
}

void pc_query_list_finish(struct pc_query_list *list)
{
    pc_record_list_finish(&list->records);
    list->n_removed = 0;
}

enum pc_code pc_service_tombstones(struct pc_service *svc, int64_t since_seq, int64_t *ids, int max,
                                   int *n, bool *all, struct pc_err *err)
{
    return pc_records_list_tombstones(svc->parts.records, since_seq, ids, max, n, all, err);
}

enum pc_code pc_service_export_page(struct pc_service *svc, const struct pc_record_query *q,
                                    struct pc_record_list *list, struct pc_err *err)
{
    struct pc_record_query page = *q;
    page.status = PC_PROCESSED;
    page.sort = PC_SORT_ID;
    page.descending = false;
    return pc_records_list(svc->parts.records, &page, list, err);
}

/* --- files --- */

enum pc_code pc_service_file(struct pc_service *svc, const char *key, struct pc_blob_reader **out,
                             const char **mime, struct pc_err *err)
{
    if (!pc_blob_key_valid(key))
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    const char *dot = strrchr(key, '.');
    *mime = pc_format_mime(pc_format_by_name(dot ? dot + 1 : ""));
    return pc_blobs_read(svc->parts.blobs, key, out, err);
}

/* What the record has in place of the blob `key` now; "" if nothing. */
static enum pc_code find_replacement(struct pc_service *svc, const char *key,
                                     char replacement[PC_BLOB_KEY_MAX + 1], struct pc_err *err)
{
    int64_t id;
    char label[PC_BLOB_KEY_MAX + 1];
    struct pc_record record = {0};
    replacement[0] = 0;
    if (!pc_service_parse_shot_key(key, &id, label))
        return PC_OK;
    enum pc_code rc = pc_records_get(svc->parts.records, id, &record, err);
    const struct pc_record_result *now = &record.result;
    const char *found = !rc && strcmp(label, "thumbnail") == 0 ? now->thumbnail : NULL;
    for (int i = 0; !rc && !found && i < now->n_shots; i++)
        if (strcmp(now->shots[i].label, label) == 0)
            found = now->shots[i].key;
    if (found)
        pc_str_copy(replacement, PC_BLOB_KEY_MAX + 1, found);
    pc_record_finish(&record);
    return rc == PC_E_NOT_FOUND ? PC_OK : rc;
}

enum pc_code pc_service_current_file(struct pc_service *svc, const char *key, char *current,
                                     struct pc_blob_reader **out, const char **mime,
                                     struct pc_err *err)
{
    if (!pc_str_copy(current, PC_BLOB_KEY_MAX + 1, key))
        return pc_fail(err, PC_E_NOT_FOUND, NULL);
    enum pc_code rc = pc_service_file(svc, current, out, mime, err);
    /* Another correction may come between the record and the file. */
    for (int round = 0; rc == PC_E_NOT_FOUND && round < REPLACED_ROUNDS; round++) {
        char replacement[PC_BLOB_KEY_MAX + 1];
        struct pc_err why = PC_ERR_INIT;
        if (find_replacement(svc, key, replacement, &why)) {
            *err = why;
            return why.code;
        }
        if (!*replacement || strcmp(replacement, current) == 0)
            return rc;
        pc_str_copy(current, PC_BLOB_KEY_MAX + 1, replacement);
        rc = pc_service_file(svc, current, out, mime, err);
    }
    return rc;
}

char *pc_service_link(struct pc_service *svc, const char *key)
{
    return pc_blobs_link(svc->parts.blobs, key, svc->parts.config->link_ms / 1000);
}

char *pc_service_link_origin(struct pc_service *svc)
{
    char *link = pc_service_link(svc, "x");
    char *host = link ? strstr(link, "://") : NULL;
    if (host)
        host[3 + strcspn(host + 3, "/?#;, '\"")] = 0;
    return link;
}

/* --- health --- */

void pc_service_health(struct pc_service *svc, struct pc_query_health *out)
{
    const struct pc_service_parts *parts = &svc->parts;
    *out = (struct pc_query_health){.n = parts->pose ? 4 : 3,
                                    .parts = {{"records"}, {"queue"}, {"blobs"}, {"model"}}};
    enum pc_code records = pc_records_ping(parts->records, &out->parts[0].err);
    enum pc_code queue = pc_queue_ping(parts->queue, &out->parts[1].err);
    enum pc_code blobs = pc_blobs_ping(parts->blobs, &out->parts[2].err);
    out->ready = !records && !queue && !blobs;
}

bool pc_service_reachable(struct pc_service *svc)
{
    const struct pc_service_parts *parts = &svc->parts;
    struct pc_err err = PC_ERR_INIT;
    return !pc_records_ping(parts->records, &err) && !pc_queue_ping(parts->queue, &err) &&
           !pc_blobs_ping(parts->blobs, &err);
}

static void print_gauge_head(struct pc_buf *out, const char *name, const char *help)
{
    pc_buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

void pc_service_metrics(struct pc_service *svc, struct pc_buf *out)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_queue_stats jobs;
    struct pc_query_counts counts;
    pc_metrics_print(&svc->metrics, out);
    if (!pc_queue_stats(svc->parts.queue, &jobs, &err)) {
        print_gauge_head(out, "posecraft_jobs", "Jobs in the queue, by state");
        pc_buf_printf(out,
                      "posecraft_jobs{state=\"waiting\"} %lld\n"
                      "posecraft_jobs{state=\"delayed\"} %lld\n"
                      "posecraft_jobs{state=\"active\"} %lld\n",
                      (long long)jobs.waiting, (long long)jobs.delayed, (long long)jobs.active);
    }
    if (!count(svc, NULL, &counts, &err)) {
        print_gauge_head(out, "posecraft_images", "Images in the store, by status");
        for (int s = 0; s < PC_STATUS_COUNT; s++)
            pc_buf_printf(out, "posecraft_images{status=\"%s\"} %lld\n",
                          pc_record_status_name((enum pc_record_status)s),
                          (long long)counts.by_status[s]);
    }
}
