/* Accepting images. The bytes are stored before a record references them, and the record exists
 * before its job. A process that dies in between leaves at most a blob without a record (used when
 * the same bytes are sent again) or a record without a job (the sweeper queues it).
 *
 * The same URL, or the same bytes uploaded, is the same image: it is not made again.
 *
 * Ownership: all arguments are borrowed. Threads: as service.h; one upload belongs to one thread at
 * a time.
 */
#ifndef PC_SERVICE_SUBMIT_H
#define PC_SERVICE_SUBMIT_H

#include <stddef.h>

#include "base/mem.h"
#include "fetch/url.h"
#include "service/service.h"

struct pc_submission { /* borrows; NULL counts as "" */
    const char *url;   /* for pc_submit_url */
    const char *name;  /* file name as the user knows it */
    const char *sku, *label, *batch;
    enum pc_priority priority; /* of the job; 0: PC_PRIORITY_SINGLE */
};

struct pc_submitted {
    int64_t id;
    enum pc_record_status status;
    bool created; /* false: the image existed already */
    char url[PC_FETCH_URL_MAX + 1];
};

/* Errors: bad_url, url_scheme, url_blocked, queue_full, store_unavailable. Here url_blocked covers
 * literal private addresses only; what a name resolves to is checked when it is fetched. */
PC_NODISCARD enum pc_code pc_submit_url(struct pc_service *svc, const struct pc_submission *what,
                                        struct pc_submitted *out, struct pc_err *err);

/* --- uploads --- */

/* An image that arrives in pieces. It is rejected as soon as possible: unsupported_format after the
 * first bytes, file_too_large at the limit. pc_upload_end and pc_upload_abort both end the upload
 * in every case; abort takes NULL. The image's url is "upload:sha256-<hex>". */
struct pc_upload;
PC_NODISCARD enum pc_code pc_upload_begin(struct pc_service *svc, struct pc_upload **out,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_upload_write(struct pc_upload *up, const void *data, size_t len,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_upload_end(struct pc_upload *up, const struct pc_submission *what,
                                        struct pc_submitted *out, struct pc_err *err);
void pc_upload_abort(struct pc_upload *up);

/* --- batches --- */

struct pc_submit_line { /* borrows */
    const char *url, *sku, *label;
    int line; /* number of the line in a text, or place in an array, from 1 */
};

struct pc_submit_accepted {
    int64_t id;
    enum pc_record_status status;
    bool created;
    const char *url;
};

struct pc_submit_rejected {
    const char *url;
    int line;
    enum pc_code code;
    const char *message;
};

struct pc_submit_batch {
    int n_accepted, n_rejected;
    struct pc_submit_accepted *accepted; /* in the order of the lines */
    struct pc_submit_rejected *rejected;
    struct pc_arena arena; /* owns all of it */
};

/* Accepts the good lines and reports the bad ones. Fills out, which the caller ends with
 * pc_submit_batch_finish also after an error. When no line is good the code is
 * batch_all_rejected and out lists them; after any other error out is empty and nothing was
 * accepted (body_empty, batch_too_large, queue_full, store_unavailable). */
PC_NODISCARD enum pc_code pc_submit_lines(struct pc_service *svc,
                                          const struct pc_submit_line *lines, int n,
                                          const char *batch, struct pc_submit_batch *out,
                                          struct pc_err *err);
void pc_submit_batch_finish(struct pc_submit_batch *batch);

#endif
