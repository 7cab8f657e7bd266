/* Records in MongoDB: documents of the first version, whose _id is an ObjectId.
 *
 * Each becomes a new document with an integer as _id, which has its url; the old one stays for the
 * programs that know its ObjectId. As a url stands in one document only and two documents are not
 * changed in one step, the old one says at every moment how far it is, so that whoever comes next
 * can go on when a process dies in between:
 *
 *     before       url, no seq
 *     1. leaves    url "moved:<ObjectId>", movedUrl, movedTo: the new _id, seq -1
 *     2.           the new document is inserted
 *     3. arrived   seq -2
 *
 * The index on seq finds those that are not at the end. Between 1 and 2 nobody has the url: if it
 * is added just then, that record stays, and movedTo is changed to it.
 * Threads: any.
 */
#ifndef PC_RECORDS_MONGO_LEGACY_H
#define PC_RECORDS_MONGO_LEGACY_H

#include "records/mongo/internal.h"

/* Step 1. Gives what it is after in *doc; NULL: it is not there with that url (any more). */
PC_NODISCARD enum pc_code pc_mongo_legacy_begin_move(struct pc_mongo_connection *conn,
                                                     const bson_value_t *oid, const char *url,
                                                     int64_t id, bson_t **doc, struct pc_err *err);
/* Undoes step 1. */
PC_NODISCARD enum pc_code pc_mongo_legacy_undo_move(struct pc_mongo_connection *conn,
                                                    const bson_value_t *oid, const char *url,
                                                    int64_t id, struct pc_err *err);
/* Step 3: id is where it went. *first (may be NULL): nobody else had said so. */
PC_NODISCARD enum pc_code pc_mongo_legacy_end_move(struct pc_mongo_connection *conn,
                                                   const bson_value_t *oid, int64_t id, bool *first,
                                                   struct pc_err *err);

/* The slot take_old of records/driver.h. */
PC_NODISCARD enum pc_code pc_mongo_import_legacy(struct pc_records *rs, int max, int *imported,
                                                 struct pc_err *err);
/* Says in the log when there are any. */
PC_NODISCARD enum pc_code pc_mongo_log_legacy(struct pc_mongo_connection *conn, struct pc_err *err);

#endif
