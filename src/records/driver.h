/* Records: what a driver implements. Callers use records.h; this is for drivers and the wrapper
 * (records.c), which checks arguments and supplies defaults, so that a driver sees only what is
 * promised here:
 *
 * - pointers are not NULL unless a slot says so, texts are UTF-8 within PC_RECORD_TEXT_MAX, NULL
 *   texts of the caller have become "" (where "stay as it is" is meant the slot says so);
 * - records to be filled are empty (pc_record_init), and the wrapper empties them on failure;
 * - now_ms is the wall time of the call: the only clock a driver needs;
 * - slots may be called by any number of threads at once, on a store that is open.
 *
 * A driver embeds struct pc_records as `base` in its own struct and finds itself by
 * PC_RECORDS_SELF. Every change takes the next seq of the store, in the same atomic step as the
 * change. No slot may be NULL unless it says so.
 */
#ifndef PC_RECORDS_DRIVER_H
#define PC_RECORDS_DRIVER_H

#include "records/record.h"

struct pc_records_driver;
struct pc_records {
    const struct pc_records_driver *driver; /* set by the wrapper after open */
};
#define PC_RECORDS_SELF(type, rs) ((type *)(void *)((char *)(rs) - __builtin_offsetof(type, base)))

struct pc_records_driver {
    const char *scheme; /* how its store URLs begin: "sqlite:" */

    /* Before: url begins with the scheme. After PC_OK *out is open, empty or with what an earlier
     * opening left. Errors: config for a store URL of the wrong form, store_unavailable. */
    enum pc_code (*open)(const char *url, struct pc_records **out, struct pc_err *err);
    /* Before: no call is under way. After: everything is freed; what was answered is durable. */
    void (*close)(struct pc_records *rs);

    /* Adds all that have a new url as pending, stage "queued", in this order, or none at all
     * (error). After PC_OK items[i] is what is stored for fresh[i]'s url, created[i] says whether
     * this call made it, and all is durable. n is 1 or more. */
    enum pc_code (*insert_many)(struct pc_records *rs, const struct pc_record_new *fresh, int n,
                                int64_t now_ms, struct pc_record *items, bool *created,
                                struct pc_err *err);
    /* not_found when there is none. */
    enum pc_code (*get)(struct pc_records *rs, int64_t id, struct pc_record *r, struct pc_err *err);
    /* q is within its bounds; q->search is NULL or not empty. Fills items, n, last_seq, and total
     * when q->want_total; the wrapper frees a half-filled list on error. One consistent reading. */
    enum pc_code (*list)(struct pc_records *rs, const struct pc_record_query *q,
                         struct pc_record_list *out, struct pc_err *err);
    /* within NULL: all; else it has a search, a batch or a review. */
    enum pc_code (*count)(struct pc_records *rs, const struct pc_record_query *within,
                          int64_t counts[PC_STATUS_COUNT], int64_t *attention, int64_t *last_seq,
                          struct pc_err *err);

    /* The changes. Each is atomic. If the record does not have the status that the change starts
     * from, it changes nothing and returns not_pending (not_failed). */
    enum pc_code (*begin)(struct pc_records *rs, int64_t id, int64_t now_ms, struct pc_record *r,
                          struct pc_err *err);
    enum pc_code (*progress)(struct pc_records *rs, int64_t id, int64_t now_ms, const char *stage,
                             int progress, struct pc_err *err);
    /* original_key and format of the completion may be NULL: they stay as they are. So may its
     * decisions: then review stays too. After: durable. */
    enum pc_code (*finish)(struct pc_records *rs, int64_t id, int64_t now_ms,
                           const struct pc_record_completion *completion, struct pc_err *err);
    enum pc_code (*fail)(struct pc_records *rs, int64_t id, int64_t now_ms, const char *code,
                         const char *message, bool final, struct pc_err *err);
    /* from -> pending, attempts 0, error cleared; the result stays. not_found when there is no such
     * record, not_failed or not_processed (by from) when it has another status. After: durable. */
    enum pc_code (*reopen)(struct pc_records *rs, int64_t id, enum pc_record_status from,
                           int64_t now_ms, struct pc_record *r, struct pc_err *err);
    /* not_found, not_processed, changed_meanwhile in this order. After: durable. */
    enum pc_code (*annotate)(struct pc_records *rs, int64_t id, int64_t seen_seq, int64_t now_ms,
                             const struct pc_record_annotations *annotations, struct pc_record *r,
                             struct pc_err *err);
    /* n is 1 or more; ids are 1 or more. When an id or a url belongs to another record: pc_records_import_conflict. */
    enum pc_code (*import)(struct pc_records *rs, const struct pc_record *items, int n,
                           struct pc_err *err);
    /* not_found when there is none. After: it references no blobs any more. */
    enum pc_code (*remove)(struct pc_records *rs, int64_t id, struct pc_record *r,
                           struct pc_err *err);

    /* max is 1 or more. *all is true before; with false the ids do not matter. */
    enum pc_code (*list_tombstones)(struct pc_records *rs, int64_t since_seq, int64_t *ids, int max,
                                    int *n, bool *all, struct pc_err *err);
    /* max is 1 or more. */
    enum pc_code (*list_stale)(struct pc_records *rs, int64_t before_ms, int64_t *ids, int max,
                               int *n, struct pc_err *err);
    /* It is asked for every blob of the store, so a store that lasts needs an index. The keys of a
     * record are its original_key and the "key" of each shot (pc_record_shot_key). */
    enum pc_code (*references_blob)(struct pc_records *rs, const char *key, bool *referenced,
                                    struct pc_err *err);
    enum pc_code (*get_setting)(struct pc_records *rs, const char *name, char **text,
                                int64_t *version, struct pc_err *err);
    /* text may be NULL. Only *version is filled, with seen_version + 1 or more. */
    enum pc_code (*put_setting)(struct pc_records *rs, const char *name, const char *text,
                                int64_t seen_version, int64_t *version, struct pc_err *err);
    /* May be NULL: then there is nothing that could be away. */
    enum pc_code (*ping)(struct pc_records *rs, struct pc_err *err);
};

/* The error of an import whose id or url belongs to another record. */
enum pc_code pc_records_import_conflict(const struct pc_record *r, struct pc_err *err);

#endif
