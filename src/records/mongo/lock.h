/* Records in MongoDB: turns, for servers that speak its protocol but whose changes of one document
 * are not atomic (FerretDB 1: it loses updates that meet). There every change is made in a turn,
 * all processes one after the other, by a document that only one can insert; inserts are the one
 * thing that such a server decides rightly. With MongoDB itself both functions do nothing.
 *
 * A process that dies in its turn holds up the others for TURN_STALE_MS.
 * Threads: any.
 */
#ifndef PC_RECORDS_MONGO_LOCK_H
#define PC_RECORDS_MONGO_LOCK_H

#include "records/mongo/internal.h"

/* store_unavailable when it is not our turn within some seconds. */
PC_NODISCARD enum pc_code pc_mongo_lock_acquire(struct pc_mongo_connection *conn,
                                                struct pc_err *err);
void pc_mongo_lock_release(struct pc_mongo_connection *conn);

#endif
