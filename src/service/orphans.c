/* Removes blobs that no record references. A process leaves such blobs if it is killed after it has
 * stored a file and before it has written the record. For shots and thumbnails, the record of the
 * image in the key is read; originals are looked up in the records' index. */
#include "base/clock.h"
#include "base/str.h"
#include "service/internal.h"

struct search {
    struct pc_service *svc;
    int64_t before_ms;
    bool dry_run;
    struct pc_orphans *found;
    int64_t image_id;       /* of the blobs visited last */
    struct pc_record image; /* its record; empty if it was removed */
    enum pc_code rc;
    struct pc_err *err;
};

/* Stores that list blobs in the order of their keys, such as S3, give all blobs of an image one
 * after another: so the last record is kept. */
static enum pc_code is_referenced(struct search *s, const char *key, bool *referenced)
{
    int64_t id = pc_service_key_image(key);
    if (id == 0)
        return pc_records_references_blob(s->svc->parts.records, key, referenced, s->err);
    if (id != s->image_id) {
        pc_record_finish(&s->image);
        s->image_id = 0;
        enum pc_code rc = pc_records_get(s->svc->parts.records, id, &s->image, s->err);
        if (rc && rc != PC_E_NOT_FOUND)
            return rc;
        s->image_id = id;
    }
    /* A worker stores the files of a pending image before it references them, and removes what it
     * does not use itself. */
    const struct pc_record *r = &s->image;
    *referenced = r->id && (r->status == PC_PENDING || pc_str_eq(key, r->result.thumbnail));
    for (int i = 0; i < r->result.n_shots && !*referenced; i++)
        *referenced = pc_str_eq(key, r->result.shots[i].key);
    return PC_OK;
}

static bool visit(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct search *s = ctx;
    bool referenced = true;
    s->found->looked++;
    if (modified_ms >= s->before_ms)
        return true;
    s->rc = is_referenced(s, key, &referenced);
    if (s->rc || referenced)
        return !s->rc;
    s->found->blobs++;
    s->found->bytes += size;
    if (!s->dry_run)
        s->rc = pc_blobs_remove(s->svc->parts.blobs, key, s->err);
    return !s->rc;
}

enum pc_code pc_service_orphans(struct pc_service *svc, int64_t older_ms, bool dry_run,
                                struct pc_orphans *found, struct pc_err *err)
{
    struct search s = {
        .svc = svc,
        .before_ms = pc_clock_wall_ms() - older_ms,
        .dry_run = dry_run,
        .found = found,
        .err = err,
    };
    *found = (struct pc_orphans){0};
    enum pc_code rc = pc_blobs_walk(svc->parts.blobs, "", visit, &s, err);
    pc_record_finish(&s.image);
    return rc ? rc : s.rc;
}
