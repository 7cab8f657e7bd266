/* Reading: images, lists, counts, files; health and metrics. Nothing here changes a store.
 *
 * Ownership: what is filled is ended by the caller with its own finish function.
 * Threads: as service.h.
 */
#ifndef PC_SERVICE_QUERY_H
#define PC_SERVICE_QUERY_H

#include "base/buf.h"
#include "service/service.h"

/* --- images --- */

/* Fills r. not_found. */
PC_NODISCARD enum pc_code pc_service_record(struct pc_service *svc, int64_t id, struct pc_record *r,
                                            struct pc_err *err);
PC_NODISCARD enum pc_code pc_service_status(struct pc_service *svc, int64_t id,
                                            enum pc_record_status *out, struct pc_err *err);

struct pc_query_counts {
    int64_t by_status[PC_STATUS_COUNT];
    int64_t attention;
    int64_t seq; /* of the store when it was counted */
};
/* Of all images. */
PC_NODISCARD enum pc_code pc_service_counts(struct pc_service *svc, struct pc_query_counts *out,
                                            struct pc_err *err);

enum { PC_QUERY_REMOVED_MAX = 1000 };
struct pc_query_list {
    struct pc_record_list records; /* its total: how many match in all, -1 when not asked for */
    struct pc_query_counts counts; /* within search, batch and review of the query */
    int64_t seq;                   /* ask with since_seq = this next */
    /* Set when the query had a since_seq: which images were removed after it. reset: more were
     * removed than the store remembers or than fit here, so everything has to be read again. */
    bool has_removed, reset;
    int n_removed;
    int64_t removed[PC_QUERY_REMOVED_MAX];
};
PC_NODISCARD enum pc_code pc_service_list(struct pc_service *svc, const struct pc_record_query *q,
                                          struct pc_query_list *out, struct pc_err *err);
void pc_query_list_finish(struct pc_query_list *list);

/* Ids removed above since_seq, *n of at most max; *all false: there were more. */
PC_NODISCARD enum pc_code pc_service_tombstones(struct pc_service *svc, int64_t since_seq,
                                                int64_t *ids, int max, int *n, bool *all,
                                                struct pc_err *err);
/* For an export: processed images that match q, in order of id, q->limit of them above
 * q->after_id. */
PC_NODISCARD enum pc_code pc_service_export_page(struct pc_service *svc,
                                                 const struct pc_record_query *q,
                                                 struct pc_record_list *list, struct pc_err *err);

/* --- files --- */

/* An original, shot or thumbnail by its key. Gives *out; *mime is a constant. not_found. */
PC_NODISCARD enum pc_code pc_service_file(struct pc_service *svc, const char *key,
                                          struct pc_blob_reader **out, const char **mime,
                                          struct pc_err *err);
/* The same, but if a correction has replaced a shot or thumbnail, its old key opens the file that
 * the image has in its place now. Fills current, of PC_BLOB_KEY_MAX + 1 bytes, with the key of the
 * opened file. not_found: also when the image was removed or has no such shot any more. */
PC_NODISCARD enum pc_code pc_service_current_file(struct pc_service *svc, const char *key,
                                                  char *current, struct pc_blob_reader **out,
                                                  const char **mime, struct pc_err *err);
/* A URL at the blob store that browsers may follow for a while; NULL when files are served by this
 * program only. Gives. */
char *pc_service_link(struct pc_service *svc, const char *key);
/* Scheme, host and port of those URLs, or NULL: what a page must be allowed to load. Gives. */
char *pc_service_link_origin(struct pc_service *svc);

/* Can an overlay be drawn? Quick. *seq is the record's: a drawing is valid while it stands.
 * not_found, not_processed. */
PC_NODISCARD enum pc_code pc_service_overlay_check(struct pc_service *svc, int64_t id, int64_t *seq,
                                                   struct pc_err *err);
/* Draws skeletons, person boxes, shot boxes and labels on the original and appends it to jpeg, at
 * most 1600 pixels a side. Takes 100 ms and more. A thread that calls it ends with
 * pc_image_thread_shutdown. not_found, not_processed, original_missing. */
PC_NODISCARD enum pc_code pc_service_overlay(struct pc_service *svc, int64_t id,
                                             struct pc_buf *jpeg, int64_t *seq, struct pc_err *err);

/* --- health --- */

enum { PC_QUERY_HEALTH_PARTS = 4 };
struct pc_query_health {
    bool ready; /* every part is */
    int n;
    struct pc_query_health_part {
        const char *name;  /* "records", "queue", "blobs", "model"; a constant */
        struct pc_err err; /* PC_OK: it is available */
    } parts[PC_QUERY_HEALTH_PARTS];
};
/* Asks every part. The model is a part of a process with workers only; it is always ready, since
 * such a process does not start without it. */
void pc_service_health(struct pc_service *svc, struct pc_query_health *out);
/* Are all stores available? */
bool pc_service_reachable(struct pc_service *svc);
/* Appends the service's own metrics as Prometheus text. Those of an unavailable store are
 * left out. */
void pc_service_metrics(struct pc_service *svc, struct pc_buf *out);

#endif
