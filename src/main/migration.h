/* Moving: copies records and blobs from one pair of stores to another, and proves it.
 *
 * Order: first all images by id, then what changed since the copy began, by seq, then what was
 * removed. How far it came is kept in the target itself ("moving"), so a run that was stopped goes
 * on, and a later run brings only what changed meanwhile: copy while the old service runs, stop it,
 * run once more. A record is written after its blobs, so the target never names what it has not.
 *
 * Ownership: borrows the stores. Threads: the caller's.
 */
#ifndef PC_MAIN_MIGRATION_H
#define PC_MAIN_MIGRATION_H

#include "base/hash.h"
#include "blobs/blobs.h"
#include "records/records.h"

struct pc_migration {
    struct pc_records *from, *to;
    struct pc_blobs *from_blobs, *to_blobs; /* both NULL: records only */
    const char *source;                     /* a name of the source, without secrets */
    /* Called for each image that was copied or compared; false stops (PC_E_CANCELLED). */
    bool (*on_image)(void *ctx, bool bad);
    /* What a person should know of one image. */
    void (*on_note)(void *ctx, int64_t id, const char *text);
    void *ctx;

    int64_t records, removed;            /* copied to the target, removed there */
    int64_t blobs, bytes, blobs_present; /* copied; found there already */
    int64_t blobs_missing;               /* named by a record, not in the source */
    int64_t compared, blobs_compared;    /* by pc_migration_verify */
    int64_t differ;                      /* records or blobs that are not the same on both sides */
    char digest[PC_SHA256_HEX];          /* of all compared records of the source, in order of id */
};

/* config: the target has images that did not come from this source. */
PC_NODISCARD enum pc_code pc_migration_copy(struct pc_migration *m, struct pc_err *err);
/* Reads every record and blob on both sides and compares them; counts too. */
PC_NODISCARD enum pc_code pc_migration_verify(struct pc_migration *m, struct pc_err *err);

#endif
