/* A record: what is known of one image. The plain structs of this seam, for callers and drivers.
 *
 * Ownership: struct pc_record owns its texts and typed values, lists own their records; queries,
 * completions and annotations borrow. Threads: plain data.
 */
#ifndef PC_RECORDS_RECORD_H
#define PC_RECORDS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "records/result.h"

enum pc_record_status { PC_PENDING, PC_PROCESSED, PC_FAILED };
enum { PC_STATUS_COUNT = 3 };
const char *pc_record_status_name(enum pc_record_status s);
bool pc_record_status_by_name(const char *name, enum pc_record_status *out);

/* What people decided about an image as a whole: rejected when any of its shots is. */
enum pc_record_review { PC_REVIEW_NONE, PC_REVIEW_APPROVED, PC_REVIEW_REJECTED };
enum { PC_REVIEW_COUNT = 3 };
const char *pc_record_review_name(enum pc_record_review v); /* "none", "approved", "rejected" */
bool pc_record_review_by_name(const char *name, enum pc_record_review *out);

struct pc_record {
    int64_t id;                /* from 1; never given again */
    int64_t seq;               /* of its last change (records.h) */
    char *url;                 /* unique: where the photo is, or "upload:sha256-<hex>" */
    char *name;                /* for people: the uploaded file's, or the last part of the URL */
    char *sku, *label, *batch; /* "" when not given */
    enum pc_record_status status;
    char *stage;      /* of a pending one: queued, fetching, decoding, posing, cutting, storing */
    int progress;     /* 0..100 */
    int attempts;     /* how often a worker began */
    char *error_code; /* "" unless it failed, or the last attempt of a pending one did */
    char *error_message;                  /* the same */
    char *original_key;                   /* blob of the original; "" until a URL is fetched */
    char *format;                         /* of the original: "jpeg"; "" while unknown */
    int64_t bytes;                        /* of the original */
    int width, height;                    /* of the upright photo, in pixels */
    bool attention;                       /* a person should look at it */
    struct pc_record_result result;       /* of the last finished job */
    struct pc_record_edits edits;         /* by people; kept when the image is cut again */
    struct pc_record_decisions decisions; /* by people, about its shots */
    enum pc_record_review review;         /* the decisions summed up */
    int64_t created_ms, updated_ms, finished_ms; /* wall time; finished 0 while pending */
};

/* All texts "", nothing found, nothing decided. */
void pc_record_init(struct pc_record *r);
/* Frees what r owns and leaves it zeroed; zeroed memory is fine too. */
void pc_record_finish(struct pc_record *r);
/* Makes dst, which may hold anything but owned values, a deep copy of src. */
void pc_record_copy(struct pc_record *dst, const struct pc_record *src);

/* Replaces an owned text: frees *slot and puts a copy of text there. */
void pc_record_set_text(char **slot, const char *text);
/* The stage that a worker begins with: "fetching", or "decoding" when the original is stored. */
const char *pc_record_first_stage(const char *original_key);

enum pc_record_blob_role { PC_RECORD_ORIGINAL, PC_RECORD_SHOT, PC_RECORD_THUMBNAIL };
struct pc_record_blob { /* borrows from the record */
    enum pc_record_blob_role role;
    const char *key;
    int64_t bytes; /* 0: not known */
};
/* The blobs that a record references, one by one: its original, the files of its shots in their
 * order, its thumbnail. Fills blob; false when there are no more than i. */
bool pc_record_blob_at(const struct pc_record *r, int i, struct pc_record_blob *blob);

struct pc_record_list {
    struct pc_record *items;
    int n;
    int64_t total;    /* how many match the query without paging; -1 when not asked */
    int64_t last_seq; /* the store's seq when the list was read */
};
void pc_record_list_finish(struct pc_record_list *list);

struct pc_record_new { /* borrows; all but url may be NULL */
    const char *url, *name, *sku, *label, *batch, *original_key, *format;
    int64_t bytes;
};
enum { PC_RECORD_TEXT_MAX = 8192 }; /* bytes of any of these texts; beyond: bad_request */
/* Would insert accept it? bad_request when not: no url, a text too long or not UTF-8. Pure. */
PC_NODISCARD enum pc_code pc_record_new_check(const struct pc_record_new *fresh,
                                              struct pc_err *err);

enum pc_record_sort { PC_SORT_ID, PC_SORT_UPDATED, PC_SORT_NAME, PC_SORT_STATUS };

struct pc_record_query {
    int limit; /* 1..1000 */
    int offset;
    int64_t since_seq;  /* > 0: only records changed after it, in the order of their seq */
    int64_t after_id;   /* > 0: only higher ids; sorted by id, this pages safely through changes */
    const char *search; /* part of url, name, sku, label or batch (A-Z equal to a-z), or an exact
                           id; NULL or "": all */
    int status;         /* enum pc_record_status, or -1: any */
    int attention;      /* 1, 0, or -1: either */
    int review;         /* enum pc_record_review, or -1: any */
    const char *batch;  /* exact; NULL: any */
    enum pc_record_sort sort;
    bool descending;
    bool want_total;
};
#define PC_RECORD_QUERY_INIT                                                                       \
    {                                                                                              \
        .limit = 100, .status = -1, .attention = -1, .review = -1, .sort = PC_SORT_ID,             \
        .descending = true                                                                         \
    }

/* A store remembers at least so many of the records that were removed last. */
enum { PC_RECORDS_TOMBSTONES_MIN = 10000 };

struct pc_record_completion {          /* what a finished job writes, all in one update; borrows */
    const char *original_key, *format; /* NULL: stay as they are */
    int64_t bytes;
    int width, height;
    bool attention;
    const struct pc_record_result *result;       /* NULL: nothing was found */
    const struct pc_record_decisions *decisions; /* with review; NULL: both stay as they are */
    enum pc_record_review review;
};

struct pc_record_annotations {                   /* what people add to a processed image; borrows */
    const struct pc_record_edits *edits;         /* NULL: stay as they are */
    const struct pc_record_decisions *decisions; /* NULL: stay as they are */
    int review;                                  /* enum pc_record_review; -1: stays as it is */
    bool reopen; /* the record becomes pending again, to be cut with the new edits */
};

#endif
