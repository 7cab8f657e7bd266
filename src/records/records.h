/* Records: what is known of each image. Callers' side; drivers implement records/driver.h.
 *
 * A record is made once for a URL (the unique index decides) and then changed by single atomic
 * updates. id is an integer from 1 that JavaScript holds exactly. seq is a counter over all changes
 * of the store: it grows with every change of any record, so "what changed since seq" is one index
 * range.
 *
 * Life of status: pending -> processed | failed; failed -> pending by retry;
 * processed -> pending by recut. Nothing else.
 *
 * Ownership: struct pc_record owns its strings and JSON (pc_record_finish). Lists own their
 * records. Threads: a struct pc_records may be used by all threads at once. Errors: not_found,
 * store_unavailable (retryable), store_full, internal.
 */
#ifndef PC_RECORDS_RECORDS_H
#define PC_RECORDS_RECORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum pc_record_status { PC_PENDING, PC_PROCESSED, PC_FAILED };
enum { PC_STATUS_COUNT = 3 };
const char *pc_record_status_name(enum pc_record_status s);
bool pc_record_status_by_name(const char *name, enum pc_record_status *out);

/* What people said of an image's shots, all in all: rejected when any is. */
enum pc_record_review { PC_REVIEW_NONE, PC_REVIEW_APPROVED, PC_REVIEW_REJECTED };
enum { PC_REVIEW_COUNT = 3 };
const char *pc_record_review_name(enum pc_record_review v); /* "none", "approved", "rejected" */
bool pc_record_review_by_name(const char *name, enum pc_record_review *out);

struct pc_record {
    int64_t id;
    int64_t seq;
    char *url;  /* unique: a web address, or "upload:sha256-<hex>" */
    char *name; /* file name as uploaded, or the last part of the address; for people */
    char *sku, *label, *batch; /* "" when not given */
    enum pc_record_status status;
    char *stage;      /* of a pending one: queued, fetching, decoding, posing, cutting, storing */
    int progress;     /* 0..100 */
    int attempts;     /* how often a worker began */
    char *error_code; /* "" unless failed (or the last try of a pending one failed) */
    char *error_message;
    char *original_key; /* blob of the original, "" while a URL is not fetched */
    char *format;       /* "jpeg"; "" while unknown */
    int64_t bytes;
    int width, height;
    bool attention; /* a person should look: index for the page */
    json_t *shots;  /* array of {label, state, reasons, url?, key, box, ...}; never NULL */
    json_t
        *detail;   /* object: people, person, facing, attention codes, model, timings; never NULL */
    json_t *edits; /* object: what people set by hand, kept through re-cuts; never NULL */
    json_t *decisions; /* object: what people said, by label of the shot; never NULL */
    enum pc_record_review review;
    int64_t created_ms, updated_ms, finished_ms; /* finished 0 while pending */
};

/* Empty texts, no shots, no detail. */
void pc_record_init(struct pc_record *r);
/* Frees what r owns and leaves it empty; zeroed memory is fine too. */
void pc_record_finish(struct pc_record *r);
/* Makes dst, which may hold anything but owned values, a deep copy of src. */
void pc_record_copy(struct pc_record *dst, const struct pc_record *src);

struct pc_record_list {
    struct pc_record *items;
    int n;
    int64_t total;    /* how many match the query in all, without paging; -1 when not asked */
    int64_t last_seq; /* the store's seq when the list was read */
};
void pc_record_list_finish(struct pc_record_list *list);

struct pc_record_new { /* borrows; all but url may be NULL */
    const char *url, *name, *sku, *label, *batch, *original_key, *format;
    int64_t bytes;
};
enum { PC_RECORD_TEXT_MAX = 8192 }; /* bytes of any of these texts; beyond: bad_request */
/* Would insert take it? bad_request when not: no url, a text too long or not UTF-8. Pure. */
PC_NODISCARD enum pc_code pc_record_new_check(const struct pc_record_new *fresh,
                                              struct pc_err *err);

enum pc_record_sort { PC_SORT_ID, PC_SORT_UPDATED, PC_SORT_NAME, PC_SORT_STATUS };

struct pc_record_query {
    int limit; /* 1..1000 */
    int offset;
    int64_t since_seq; /* > 0: only records with seq above, ordered by seq; paging by it */
    int64_t
        after_id; /* > 0: only ids above; sorted by id this pages through what changes meanwhile */
    const char *search; /* part of url, name, sku, label or batch (A-Z equal to a-z), or an exact
                           id; NULL or "" = all */
    int status;         /* enum pc_record_status, or -1 */
    int attention;      /* 1, 0, or -1 for either */
    int review;         /* enum pc_record_review, or -1 */
    const char *batch;  /* exact, or NULL */
    enum pc_record_sort sort;
    bool descending;
    bool want_total;
};
#define PC_RECORD_QUERY_INIT                                                                       \
    {                                                                                              \
        .limit = 100, .status = -1, .attention = -1, .review = -1, .sort = PC_SORT_ID,             \
        .descending = true                                                                         \
    }

struct pc_record_completion { /* what a finished job writes, all in one update; borrows */
    const char *original_key, *format;
    int64_t bytes;
    int width, height;
    bool attention;
    json_t *shots, *detail;
    json_t *decisions; /* object, written with review; NULL: both stay as they are */
    enum pc_record_review review;
};

/* What people add to a processed image; borrows. */
struct pc_record_annotations {
    json_t *edits, *decisions; /* objects; NULL: stay as they are */
    int review;                /* enum pc_record_review, or -1: stays */
    bool reopen;               /* becomes pending too, as by recut, to be cut again */
};

struct pc_records;

/* Does the driver read this address? By its scheme alone ("sqlite:PATH" begins with "sqlite:"). */
struct pc_records_driver;
bool pc_records_driver_accepts(const struct pc_records_driver *driver, const char *url);

/* Opens by address ("memory:", "sqlite:PATH", "mongodb://..."). Gives *out. config: the address is
 * not one of this driver, or the store was written by a newer program. */
PC_NODISCARD enum pc_code pc_records_open(const struct pc_records_driver *driver, const char *url,
                                          struct pc_records **out, struct pc_err *err);
/* No call may be under way. Takes NULL. */
void pc_records_close(struct pc_records *rs);

/* In all that follows `fills r` means: r holds nothing owned before, and owns its values after
 * PC_OK; after an error it is empty and may be finished or not. */

/* Makes a pending record, or finds the one that has this URL already: *created says which. Fills r.
 * Once answered it is durable: it survives kill -9 and power loss. */
PC_NODISCARD enum pc_code pc_records_insert(struct pc_records *rs,
                                            const struct pc_record_new *fresh, struct pc_record *r,
                                            bool *created, struct pc_err *err);
/* The same for n of them, all or none: a batch costs one sync instead of n. items[i] and created[i]
 * answer fresh[i]; a URL that stands twice is created by the first and found by the second. Fills
 * items, an array of n. */
PC_NODISCARD enum pc_code pc_records_insert_many(struct pc_records *rs,
                                                 const struct pc_record_new *fresh, int n,
                                                 struct pc_record *items, bool *created,
                                                 struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_records_list(struct pc_records *rs, const struct pc_record_query *q,
                                          struct pc_record_list *out, struct pc_err *err);
/* counts[status]; attention and last_seq may be NULL. within NULL: of all, quick at any size; else
 * of those that match its search, batch and review (status and attention are what is counted). */
PC_NODISCARD enum pc_code pc_records_count(struct pc_records *rs,
                                           const struct pc_record_query *within,
                                           int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                           int64_t *last_seq, struct pc_err *err);

/* A worker begins: attempts+1, stage "fetching", or "decoding" when the original is stored,
 * progress 0. Fills r. PC_E_NOT_PENDING when it is finished or gone. */
PC_NODISCARD enum pc_code pc_records_begin(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* PC_E_NOT_PENDING as above: the work is in vain, stop it. Not synced: power loss may undo it. */
PC_NODISCARD enum pc_code pc_records_progress(struct pc_records *rs, int64_t id, const char *stage,
                                              int progress, struct pc_err *err);
/* pending -> processed with everything it found, in one atomic and durable update. The error of an
 * earlier try is cleared. PC_E_NOT_PENDING when somebody else finished it before: then the caller's
 * result is dropped. result's original_key and format may be NULL: they stay as they are. */
PC_NODISCARD enum pc_code pc_records_finish(struct pc_records *rs, int64_t id,
                                            const struct pc_record_completion *result,
                                            struct pc_err *err);
/* pending -> failed (final, durable), or stays pending and queued with the error noted (a try that
 * will be repeated). PC_E_NOT_PENDING as above. */
PC_NODISCARD enum pc_code pc_records_fail(struct pc_records *rs, int64_t id, const char *code,
                                          const char *message, bool final, struct pc_err *err);
/* failed -> pending, attempts 0, error cleared, durable. PC_E_NOT_FAILED when it is not failed,
 * not_found when it is gone. Fills r. */
PC_NODISCARD enum pc_code pc_records_retry(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* processed -> pending, attempts 0, durable; shots and detail stay until the next finish.
 * PC_E_NOT_PROCESSED when it is not processed, not_found when it is gone. Fills r. */
PC_NODISCARD enum pc_code pc_records_recut(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* What people set, in one atomic and durable update, when the record's seq is still seen_seq; else
 * changed_meanwhile: read again, decide again. Only on a processed one (not_processed; not_found
 * when it is gone). Fills r. As nothing is marked while it is pending, what begin answered of edits
 * and verdicts is still so at finish: that leaves edits alone and writes the verdicts that it is
 * given (those of shots that changed are dropped by its caller). */
PC_NODISCARD enum pc_code pc_records_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                              const struct pc_record_annotations *annotations,
                                              struct pc_record *r, struct pc_err *err);
/* For moving into another store: writes records as they are, with their ids, times and all that
 * people set; seq is the store's next. One that is there under the same id and url is replaced.
 * bad_request, with the id, when an id is taken by another url or a url by another id; n items are
 * written or none (a store without transactions: those before the refused one). Ids given later are
 * above all of them. Durable. */
PC_NODISCARD enum pc_code pc_records_import(struct pc_records *rs, const struct pc_record *items,
                                            int n, struct pc_err *err);
/* Makes records of what the first version left in the store (its MongoDB documents), at most max at
 * once, *taken of them; 0: none is left. Any number of processes may do so, and be killed in it. */
PC_NODISCARD enum pc_code pc_records_import_legacy(struct pc_records *rs, int max, int *imported,
                                                   struct pc_err *err);
/* Deletes; fills r with what it was, so that the caller can remove its blobs. seq grows, so that
 * pollers see that something changed; which record went: pc_records_list_tombstones. Its id is never given
 * again. */
PC_NODISCARD enum pc_code pc_records_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                            struct pc_err *err);
/* Ids removed with a seq above since_seq, oldest first, *n of at most max. The store remembers the
 * last PC_RECORDS_TOMBSTONES_MAX removals at least; *all false: more than max were removed, or it does
 * not reach back that far, so the caller reads everything again. */
enum { PC_RECORDS_TOMBSTONES_MAX = 10000 };
PC_NODISCARD enum pc_code pc_records_list_tombstones(struct pc_records *rs, int64_t since_seq,
                                                     int64_t *ids, int max, int *n, bool *all,
                                                     struct pc_err *err);
/* Ids of pending records not touched since before_ms (updated_ms below it), oldest first, *n of at
 * most max: what the sweeper looks at. */
PC_NODISCARD enum pc_code pc_records_list_stale(struct pc_records *rs, int64_t before_ms,
                                                int64_t *ids, int max, int *n, struct pc_err *err);
/* Does any record name this blob (as original or shot)? For removing orphans. */
PC_NODISCARD enum pc_code pc_records_references_blob(struct pc_records *rs, const char *key,
                                                     bool *referenced, struct pc_err *err);
/* A few texts that all processes at this store share, by name ("recipes"). Gives *text, NULL when
 * none was kept (version 0). */
PC_NODISCARD enum pc_code pc_records_get_setting(struct pc_records *rs, const char *name,
                                                 char **text, int64_t *version, struct pc_err *err);
/* Keeps text (NULL: none, as if never kept, but the version grows) when the version is still
 * seen_version, else changed_meanwhile. Answers the new *version, above the old. Durable. */
PC_NODISCARD enum pc_code pc_records_put_setting(struct pc_records *rs, const char *name,
                                                 const char *text, int64_t seen_version,
                                                 int64_t *version, struct pc_err *err);
/* Does asking this store cross a network? Then nobody asks it on a thread that must not wait. */
bool pc_records_remote(const struct pc_records *rs);
/* Round trip to the store: for /readyz. */
PC_NODISCARD enum pc_code pc_records_ping(struct pc_records *rs, struct pc_err *err);

#endif
