/* Migration: copies records and blobs from one pair of stores to another, and verifies the copy.
 *
 * Order: first all images by id, then those that changed since the copy began, by seq, then the
 * removals. A record is written after its blobs, so the target never refers to a blob that it does
 * not have. The checkpoint is stored in the target, as the setting "moving". A run that was
 * stopped therefore continues, and a later run copies only what changed in the meantime: copy
 * while the old service runs, stop it, run once more.
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
    const char *source;                     /* the source's store URL without secrets */
    /* Called for each image that was copied or compared. Returning false stops the run with
     * PC_E_CANCELLED. */
    bool (*on_image)(void *ctx, bool bad);
    /* Something about one image that a person should know; id 0: about the whole store. */
    void (*on_note)(void *ctx, int64_t id, const char *text);
    void *ctx;

    /* Counted by both functions: */
    int64_t records, removed;            /* copied to the target; removed there */
    int64_t blobs, bytes, blobs_present; /* copied; already in the target */
    int64_t blobs_missing;               /* a record refers to it, but the source lacks it */
    int64_t compared, blobs_compared;    /* by pc_migration_verify */
    int64_t differ;                      /* records or blobs that differ */
    char digest[PC_SHA256_HEX];          /* of all compared source records, by id */
};

/* Fails with config when the target has images that did not come from this source. */
PC_NODISCARD enum pc_code pc_migration_copy(struct pc_migration *m, struct pc_err *err);
/* Reads every record and blob on both sides and compares them; compares the counts too. Returns
 * PC_OK also when something differs: m->differ says how much. */
PC_NODISCARD enum pc_code pc_migration_verify(struct pc_migration *m, struct pc_err *err);

#endif
