/* Blobs that no record names: what a process left that was killed between storing a file and naming
 * it. A shot's key tells its image; an original is looked for in the records' index. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "service/internal.h"

struct search {
    struct pc_service *svc;
    int64_t before_ms;
    bool dry_run;
    struct pc_orphans *found;
    struct pc_record image; /* whose shots are being looked at; id 0: none */
    bool image_gone;
    enum pc_code rc;
    struct pc_err *err;
};

/* Where blobs come in order of key, as from S3, one reading serves all shots of an image. */
static enum pc_code load_image(struct search *s, int64_t id)
{
    if (s->image.id == id)
        return PC_OK;
    pc_record_finish(&s->image);
    enum pc_code rc = pc_records_get(s->svc->parts.records, id, &s->image, s->err);
    s->image_gone = rc == PC_E_NOT_FOUND;
    s->image.id = rc && !s->image_gone ? 0 : id;
    return s->image_gone ? PC_OK : rc;
}

/* One that is being worked on stores its files before it names them: its worker cleans up. */
static bool image_references(const struct pc_record *r, const char *key)
{
    if (r->status == PC_PENDING ||
        pc_str_eq(key, json_string_value(json_object_get(r->detail, "thumbnail"))))
        return true;
    for (size_t i = 0; i < json_array_size(r->shots); i++) {
        const json_t *shot = json_array_get(r->shots, i);
        if (pc_str_eq(key, json_string_value(json_object_get(shot, "key"))))
            return true;
    }
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
    *referenced = rc || (!s->image_gone && image_references(&s->image, key));
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
