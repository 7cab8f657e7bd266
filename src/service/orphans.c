/* Blobs that no record references: left by a process that was killed between storing a file and
 * referencing it. A shot's key tells its image; an original is looked up in the records' index. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "service/internal.h"

struct search {
    struct pc_service *svc;
    int64_t before_ms;
    bool dry_run;
    struct pc_orphans *found;
    struct pc_record image; /* whose files are being looked at; id 0: none */
    bool image_removed;
    enum pc_code rc;
    struct pc_err *err;
};

/* Where blobs come in order of key, as from S3, one read serves all shots of an image. */
static enum pc_code load_image(struct search *s, int64_t id)
{
    if (s->image.id == id)
        return PC_OK;
    pc_record_finish(&s->image);
    enum pc_code rc = pc_records_get(s->svc->parts.records, id, &s->image, s->err);
    s->image_removed = rc == PC_E_NOT_FOUND;
    s->image.id = rc && !s->image_removed ? 0 : id;
    return s->image_removed ? PC_OK : rc;
}

/* A pending image counts as referencing all its files: its worker stores them before it references
 * them, and cleans up itself. */
static bool image_references(const struct pc_record *r, const char *key)
{
    if (r->status == PC_PENDING || pc_str_eq(key, r->result.thumbnail))
        return true;
    for (int i = 0; i < r->result.n_shots; i++)
        if (pc_str_eq(key, r->result.shots[i].key))
            return true;
    return false;
}

/* The id in "shots/<id>/...", or 0. */
static int64_t image_of(const char *key)
{
    static const char folder[] = "shots/";
    char *end;
    if (!pc_str_starts(key, folder))
        return 0;
    long long id = strtoll(key + sizeof folder - 1, &end, 10);
    return *end == '/' && id > 0 ? id : 0;
}

static enum pc_code is_referenced(struct search *s, const char *key, bool *referenced)
{
    int64_t id = image_of(key);
    if (id == 0)
        return pc_records_references_blob(s->svc->parts.records, key, referenced, s->err);
    enum pc_code rc = load_image(s, id);
    *referenced = rc || (!s->image_removed && image_references(&s->image, key));
    return rc;
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
