/* The use cases, on the seams: submit, look, retry, remove, process. No HTTP, no SQL.
 *
 * Flow: submit makes the record, then the job; a worker takes the job and calls pc_service_process;
 * readers ask for JSON views in the shapes of api/openapi.yaml. Changes are told through events.h.
 *
 * Ownership: a service borrows its parts; they outlive it, but for the queue, which is closed
 * first: its thread may be telling what other processes changed. JSON answers are given
 * (json_decref). Threads: one struct pc_service serves all threads.
 */
#ifndef PC_SERVICE_SERVICE_H
#define PC_SERVICE_SERVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "blobs/blobs.h"
#include "config/config.h"
#include "fetch/fetch.h"
#include "pose/pose.h"
#include "queue/queue.h"
#include "records/records.h"
#include "service/events.h"
#include "shots/shots.h"

struct pc_service_parts {
    const struct pc_config *config;
    struct pc_records *records;
    struct pc_queue *queue;
    struct pc_blobs *blobs;
    struct pc_fetch *fetch;
    struct pc_pose *pose;                /* NULL in a process without workers */
    const struct pc_recipe_set *recipes; /* of the setting: in force while none are kept (book.h) */
};

struct pc_service;
struct pc_service *pc_service_create(const struct pc_service_parts *parts); /* gives */
void pc_service_destroy(struct pc_service *svc);
struct pc_events *pc_service_events(struct pc_service *svc); /* borrows */
const struct pc_config *pc_service_config(const struct pc_service *svc);
/* Does asking these stores cross a network? Then not on a thread that must not wait. */
bool pc_service_records_remote(const struct pc_service *svc);
bool pc_service_blobs_remote(const struct pc_service *svc);
/* From now on what other processes change comes through the events too. False: the queue carries no
 * word, one has to look. Called by one thread, before workers start. */
bool pc_service_listen(struct pc_service *svc);

/* --- submit ------------------------------------------------------------------------------------
 */

struct pc_submission { /* borrows; NULL counts as "" */
    const char *url;   /* for pc_submit_url */
    const char *name;  /* file name as the user knows it */
    const char *sku, *label, *batch;
};

struct pc_submitted {
    int64_t id;
    enum pc_record_status status;
    bool created; /* false: this URL or these bytes were known already */
    char url[2100];
};

/* Errors: bad_url, url_scheme, queue_full, store_unavailable, ... Whether the address is public is
 * found out when it is fetched. Literal private addresses are refused here already (url_blocked).
 */
PC_NODISCARD enum pc_code pc_submit_url(struct pc_service *svc, const struct pc_submission *what,
                                        enum pc_priority priority, struct pc_submitted *out,
                                        struct pc_err *err);

/* A picture that comes in pieces. Refuses as soon as it can: unsupported_format at the first bytes,
 * file_too_large while counting. end and abort end the upload in every case; abort takes NULL.
 * The same bytes are the same image: url is "upload:sha256-<hex>". */
struct pc_upload;
PC_NODISCARD enum pc_code pc_upload_begin(struct pc_service *svc, struct pc_upload **out,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_upload_write(struct pc_upload *up, const void *data, size_t len,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_upload_end(struct pc_upload *up, const struct pc_submission *what,
                                        struct pc_submitted *out, struct pc_err *err);
void pc_upload_abort(struct pc_upload *up);

struct pc_submit_line { /* borrows */
    const char *url, *sku, *label;
    int line; /* for the answer: line of the text or place in the array, from 1 */
};
/* Takes the good ones, names the bad ones. Gives *answer in the shape of BatchAnswer (also when all
 * were rejected: then batch_all_rejected and *answer holds the list). queue_full and
 * batch_too_large take nothing at all. */
PC_NODISCARD enum pc_code pc_submit_batch(struct pc_service *svc,
                                          const struct pc_submit_line *lines, int n,
                                          const char *batch, json_t **answer, struct pc_err *err);

/* --- look (all give JSON in the shapes of openapi.yaml) ------------------------------------------
 */

json_t *pc_encode_submitted(const struct pc_submitted *s); /* ProcessAnswer */
PC_NODISCARD enum pc_code pc_service_image(struct pc_service *svc, int64_t id, bool detail,
                                           json_t **out,
                                           struct pc_err *err); /* Image, ImageDetail */
PC_NODISCARD enum pc_code pc_service_list(struct pc_service *svc, const struct pc_record_query *q,
                                          json_t **out, struct pc_err *err); /* ImageList */
PC_NODISCARD enum pc_code pc_service_counts(struct pc_service *svc, json_t **out, int64_t *seq,
                                            struct pc_err *err); /* Counts */
PC_NODISCARD enum pc_code pc_service_status(struct pc_service *svc, int64_t id,
                                            enum pc_record_status *out, struct pc_err *err);
/* Ids removed above since_seq, *n of at most max; *all false: not all that there were. */
PC_NODISCARD enum pc_code pc_service_tombstones(struct pc_service *svc, int64_t since_seq,
                                                int64_t *ids, int max, int *n, bool *all,
                                                struct pc_err *err);
/* Does every store answer? */
bool pc_service_reachable(struct pc_service *svc);
/* Scheme, host and port of links to files that are not ours, for what a browser may load; NULL when
 * all are. Gives. */
char *pc_service_link_origin(struct pc_service *svc);
json_t *pc_service_limits(struct pc_service *svc);             /* Limits */
json_t *pc_service_ready(struct pc_service *svc, bool *ready); /* Ready; asks every part */
/* Prometheus text of the service's own figures is appended. */
void pc_service_metrics(struct pc_service *svc, struct pc_buf *out);

/* --- change --------------------------------------------------------------------------------------
 */

/* failed -> pending, and a new job. Gives the image as JSON. not_failed, not_found. */
PC_NODISCARD enum pc_code pc_service_retry(struct pc_service *svc, int64_t id, json_t **out,
                                           struct pc_err *err);
/* pending -> failed with the code cancelled; its job is removed, a running one ends at its next
 * stage. Gives the image as JSON unless out is NULL. not_pending, not_found. */
PC_NODISCARD enum pc_code pc_service_cancel(struct pc_service *svc, int64_t id, json_t **out,
                                            struct pc_err *err);
enum pc_bulk_action { PC_BULK_RETRY, PC_BULK_CANCEL, PC_BULK_DELETE };
struct pc_bulk_request { /* borrows */
    enum pc_bulk_action action;
    const int64_t *ids; /* NULL: by filter */
    int n_ids;
    struct pc_record_query filter; /* search, status, attention, batch and after_id count */
};
/* All of ids, or up to 500 images of the filter. Gives *out in the shape of BulkAnswer; an error
 * only when nothing was done. May take seconds: each change is durable on its own. */
PC_NODISCARD enum pc_code pc_service_bulk(struct pc_service *svc,
                                          const struct pc_bulk_request *what, json_t **out,
                                          struct pc_err *err);
enum { PC_RECUT_IDS_MAX = 250 };
struct pc_recut_request { /* borrows */
    bool dry_run;
    const int64_t *ids; /* only these, at most PC_RECUT_IDS_MAX; NULL: by batch and after_id */
    int n_ids;
    bool choose;           /* with ids: they are cut by these recipes from now on: */
    const json_t *recipes; /* array of labels, in force or ready; NULL or null: those in force */
    const char *batch;     /* "" or NULL: all */
    int64_t after_id;      /* in order of id; 0 first, then the answer's next */
};
/* Looks at up to 250 images (fewer where the queue takes fewer): which shots would differ under the
 * recipes in force or chosen, planned from the stored landmarks; unless dry_run those images become
 * pending and are queued, to be cut without new inference. Gives *out in the shape of RecutAnswer.
 * bad_request names labels that no recipe has; queue_full takes nothing. */
PC_NODISCARD enum pc_code pc_service_recut(struct pc_service *svc,
                                           const struct pc_recut_request *what, json_t **out,
                                           struct pc_err *err);
/* Record, job, and the blobs that no other record names. */
PC_NODISCARD enum pc_code pc_service_remove(struct pc_service *svc, int64_t id, struct pc_err *err);

/* --- recipes (book.h) ---------------------------------------------------------------------------
 */

json_t *pc_service_recipes(struct pc_service *svc); /* Recipes */
/* Keeps text (NULL: back to the setting) when the version is still this one; images that are cut
 * already stay as they are. Gives *out in the shape of Recipes. bad_recipe, changed_meanwhile. */
PC_NODISCARD enum pc_code pc_service_put_recipes(struct pc_service *svc, int64_t version,
                                                 const char *text, json_t **out,
                                                 struct pc_err *err);
json_t *pc_service_check_recipes(const char *text); /* RecipesCheck; pure */

/* --- files ---------------------------------------------------------------------------------------
 */

/* An original or a shot by its key, for serving. Gives *out. mime borrows. */
PC_NODISCARD enum pc_code pc_service_file(struct pc_service *svc, const char *key,
                                          struct pc_blob_reader **out, const char **mime,
                                          struct pc_err *err);

/* Can an overlay be drawn? Quick. Fills seq: a drawing is good as long as it stands. not_found,
 * not_processed. */
PC_NODISCARD enum pc_code pc_service_overlay_check(struct pc_service *svc, int64_t id, int64_t *seq,
                                                   struct pc_err *err);
/* The original with skeletons, person boxes, shot boxes and labels as a JPEG of at most 1600 pixels
 * a side, appended to jpeg; seq is the record's. Takes 100 ms and more; a thread that calls it ends
 * with pc_image_thread_shutdown. not_found, not_processed, original_missing. */
PC_NODISCARD enum pc_code pc_service_overlay(struct pc_service *svc, int64_t id,
                                             struct pc_buf *jpeg, int64_t *seq, struct pc_err *err);
/* For an export: the processed images that match q, in order of id, limit of them above after_id.
 * Fills list, which pc_record_list_finish ends. */
PC_NODISCARD enum pc_code pc_service_export_page(struct pc_service *svc,
                                                 const struct pc_record_query *q,
                                                 struct pc_record_list *list, struct pc_err *err);
/* One image as it is stored. Fills r. not_found. */
PC_NODISCARD enum pc_code pc_service_record(struct pc_service *svc, int64_t id, struct pc_record *r,
                                            struct pc_err *err);

/* --- work ----------------------------------------------------------------------------------------
 */

/* The whole of one job: fetch or read, decode, find people, plan, cut, store, finish. Answers PC_OK
 * when the record was finished (or had been already); any other code is why this try failed, and
 * the record is untouched but for its stage. cancelled (may be NULL) answers true when the process
 * stops or the lease is lost: the try ends soon with PC_E_CANCELLED. */
PC_NODISCARD enum pc_code pc_service_process(struct pc_service *svc, const struct pc_job *job,
                                             bool (*cancelled)(void *ctx), void *ctx,
                                             struct pc_err *err);
/* After a failed try: notes it in the record; final makes it failed for good. */
void pc_service_attempt_failed(struct pc_service *svc, const struct pc_job *job,
                               const struct pc_err *why, bool final);
/* Pending records that have no job get one again; died uploads' pieces are dropped. Called by a
 * worker process at start and every minute. */
void pc_service_sweep(struct pc_service *svc);

struct pc_orphans {
    int64_t looked;       /* blobs in the store */
    int64_t blobs, bytes; /* of those that no record names */
};
/* Removes blobs older than older_ms that no record names (a kill -9 leaves such); dry_run only
 * counts them. Walks the whole store. A file is there before the record that names it, so older_ms
 * must be longer than any upload or cut takes, unless nothing else runs. */
PC_NODISCARD enum pc_code pc_service_orphans(struct pc_service *svc, int64_t older_ms, bool dry_run,
                                             struct pc_orphans *found, struct pc_err *err);

#endif
