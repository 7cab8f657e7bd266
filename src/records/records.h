/* Records: one for each image, from the moment it is accepted. This is the callers' side; drivers
 * implement records/driver.h.
 *
 * A record is made once for a URL (a unique index decides) and then changed by single atomic
 * updates. Its id is an integer from 1 that JavaScript holds exactly. `seq` counts the changes of
 * the whole store: every change of any record takes the next one, so "what changed since seq" is
 * one range of an index.
 *
 * The life of a status, and nothing else:
 *
 *     pending   -> processed   finish
 *     pending   -> failed      fail
 *     failed    -> pending     retry
 *     processed -> pending     recut, or annotate with reopen
 *
 * `Fills r` means below: r holds nothing owned before, and owns its values after PC_OK; after an
 * error it is empty and may be finished or not. `Durable` means: once the call has returned, the change
 * survives kill -9 and power loss.
 *
 * Threads: a struct pc_records may be used by any number of threads at once. Errors of every call:
 * not_found, store_unavailable (may be tried again), store_full, internal.
 */
#ifndef PC_RECORDS_RECORDS_H
#define PC_RECORDS_RECORDS_H

#include "records/record.h"

struct pc_records;
struct pc_records_driver;

/* --- opening --- */

/* Is this a store URL of the driver? Decided by its scheme alone ("sqlite:PATH"). */
bool pc_records_driver_accepts(const struct pc_records_driver *driver, const char *url);
/* Opens the store of that URL: "memory:", "sqlite:PATH", "mongodb://...". Gives *out. config: the
 * URL is not one of this driver, or a newer program wrote the store. */
PC_NODISCARD enum pc_code pc_records_open(const struct pc_records_driver *driver, const char *url,
                                          struct pc_records **out, struct pc_err *err);
/* No other call may be running. Takes NULL. */
void pc_records_close(struct pc_records *rs);
/* One round trip to the store: for /readyz. */
PC_NODISCARD enum pc_code pc_records_ping(struct pc_records *rs, struct pc_err *err);

/* --- adding and reading --- */

/* Makes a pending record, or finds the one that has this URL already: *created says which. Durable.
 * Fills r. */
PC_NODISCARD enum pc_code pc_records_insert(struct pc_records *rs,
                                            const struct pc_record_new *fresh, struct pc_record *r,
                                            bool *created, struct pc_err *err);
/* The same for n of them, all or none: a batch costs one sync instead of n. items[i] and created[i]
 * belong to fresh[i]; a URL that is in the batch twice is created by the first and found by the second.
 * Fills items, an array of n. */
PC_NODISCARD enum pc_code pc_records_insert_many(struct pc_records *rs,
                                                 const struct pc_record_new *fresh, int n,
                                                 struct pc_record *items, bool *created,
                                                 struct pc_err *err);
/* Fills r. */
PC_NODISCARD enum pc_code pc_records_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                                         struct pc_err *err);
/* Fills out, which pc_record_list_finish ends. */
PC_NODISCARD enum pc_code pc_records_list(struct pc_records *rs, const struct pc_record_query *q,
                                          struct pc_record_list *out, struct pc_err *err);
/* Fills counts[status]; attention and last_seq may be NULL. within NULL: counts all, quick at any
 * size. Else counts what matches its search, batch and review; its status and attention are not
 * looked at, because they are what is counted. */
PC_NODISCARD enum pc_code pc_records_count(struct pc_records *rs,
                                           const struct pc_record_query *within,
                                           int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                           int64_t *last_seq, struct pc_err *err);
/* Fills ids with pending records that were last changed before before_ms (wall time), oldest first,
 * *n of at most max: those whose job may be lost. */
PC_NODISCARD enum pc_code pc_records_list_stale(struct pc_records *rs, int64_t before_ms,
                                                int64_t *ids, int max, int *n, struct pc_err *err);
/* Does any record reference this blob, as original or as shot? For removing orphans. */
PC_NODISCARD enum pc_code pc_records_references_blob(struct pc_records *rs, const char *key,
                                                     bool *referenced, struct pc_err *err);

/* --- a job --- */

/* A worker begins: attempts grows by one, progress is 0, stage is "fetching", or "decoding" when
 * the original is stored. Fills r. not_pending when the record is finished or removed. Not durable:
 * after power loss the job runs again. */
PC_NODISCARD enum pc_code pc_records_begin(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* not_pending as above: stop, the work is in vain. Not durable. */
PC_NODISCARD enum pc_code pc_records_progress(struct pc_records *rs, int64_t id, const char *stage,
                                              int progress, struct pc_err *err);
/* pending -> processed, with all that was found, in one update; clears the error of an earlier
 * attempt. Durable. not_pending when another finished it first: then this result is dropped. */
PC_NODISCARD enum pc_code pc_records_finish(struct pc_records *rs, int64_t id,
                                            const struct pc_record_completion *completion,
                                            struct pc_err *err);
/* final: pending -> failed, durable. Else it stays pending and queued, with the error noted, because
 * the attempt will be repeated. not_pending as above. */
PC_NODISCARD enum pc_code pc_records_fail(struct pc_records *rs, int64_t id, const char *code,
                                          const char *message, bool final, struct pc_err *err);

/* --- people --- */

/* failed -> pending; attempts 0, the error cleared. Durable. Fills r. not_failed when it has not
 * failed. */
PC_NODISCARD enum pc_code pc_records_retry(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* processed -> pending; attempts 0, the result stays until the next finish. Durable. Fills r.
 * not_processed when it is not processed. */
PC_NODISCARD enum pc_code pc_records_recut(struct pc_records *rs, int64_t id, struct pc_record *r,
                                           struct pc_err *err);
/* Writes what people set or decided, in one update, if the record's seq is still seen_seq; else
 * changed_meanwhile: read it again and decide again. Durable. Fills r. Only a processed record can be
 * annotated (not_processed), so edits and decisions cannot change between begin and finish. */
PC_NODISCARD enum pc_code pc_records_annotate(struct pc_records *rs, int64_t id, int64_t seen_seq,
                                              const struct pc_record_annotations *annotations,
                                              struct pc_record *r, struct pc_err *err);
/* Removes the record; its id is never given again. Fills r with what it was, so that the caller can
 * remove its blobs. Durable. Leaves a tombstone. */
PC_NODISCARD enum pc_code pc_records_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                            struct pc_err *err);
/* Fills ids with records removed by a change after since_seq, oldest first, *n of at most max.
 * *all false: there are more, or some tombstones since then are pruned, so the caller reads
 * everything again. The store keeps the last PC_RECORDS_TOMBSTONES_MIN at least. */
PC_NODISCARD enum pc_code pc_records_list_tombstones(struct pc_records *rs, int64_t since_seq,
                                                     int64_t *ids, int max, int *n, bool *all,
                                                     struct pc_err *err);

/* --- moving between stores --- */

/* Writes records of another store as they are, with their ids, times and annotations; each takes
 * the next seq of this store. A record that is here under the same id and url is replaced.
 * bad_request, naming the id, when an id or a url belongs to another record here. Writes n items or
 * none (a store without transactions: those before the refused one). Later ids are above all of
 * them. Durable. */
PC_NODISCARD enum pc_code pc_records_import(struct pc_records *rs, const struct pc_record *items,
                                            int n, struct pc_err *err);

/* --- shared settings: a few texts that all processes at this store share, by name ("recipes") --- */

/* Gives *text, NULL when there is none; *version is 0 when there never was one. */
PC_NODISCARD enum pc_code pc_records_get_setting(struct pc_records *rs, const char *name,
                                                 char **text, int64_t *version, struct pc_err *err);
/* Stores text (NULL: removes it) if the version is still seen_version, else changed_meanwhile.
 * *version is the new version, above the old one also after a removal. Durable. */
PC_NODISCARD enum pc_code pc_records_put_setting(struct pc_records *rs, const char *name,
                                                 const char *text, int64_t seen_version,
                                                 int64_t *version, struct pc_err *err);

#endif
