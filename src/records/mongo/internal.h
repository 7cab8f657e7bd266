/* Records in MongoDB: connections, commands and errors, apart from what they are used for.
 *
 * An io is one connection out of the pool, taken for one call of a slot and given back at its end.
 * Arguments that are BSON documents made on the spot are taken: the function destroys them.
 * Threads: a struct mongo is shared by all; an io belongs to the thread that took it.
 */
#ifndef PC_RECORDS_MONGO_INTERNAL_H
#define PC_RECORDS_MONGO_INTERNAL_H

#include <mongoc/mongoc.h>
#include <pthread.h>

#include "records/driver.h"

enum pc_mongo_collection {
    MONGO_IMAGES,
    MONGO_STORE,
    MONGO_TOMBSTONES,
    MONGO_SETTINGS,
    MONGO_LOCKS,
    MONGO_COLLECTIONS
};

/* How sure an answered write is. */
enum pc_mongo_write_concern {
    MONGO_QUICK,  /* a failover or power loss may undo it */
    MONGO_DURABLE /* the write concern of the address, else a majority, journalled */
};

struct pc_mongo {
    struct pc_records base;
    mongoc_client_pool_t *pool;
    char *db;
    bool needs_lock;     /* the server's changes are not atomic: see mongo_turn.h */
    bool majority_reads; /* MONGO_DURABLE is a majority, so that reading may wait for one too */

    pthread_mutex_t process_lock; /* held by the thread of this process whose turn it is */

    pthread_mutex_t lock; /* guards all below */
    int64_t known_seq;    /* the counter was seen at least here ... */
    int64_t known_at_ms;  /* ... then, by the monotonic clock */
    int64_t complete_seq; /* no change up to here is still under way */
    int64_t rolled_back_from,
        rolled_back_to;        /* changes above the one and up to the other were undone */
    char oldest_in_flight[32]; /* the change under way for longest, and since when we see it */
    int64_t oldest_since_ms, oldest_seen_seq; /* and the seq that there was then */
    int64_t tombstones_added;                 /* of this process, for the rhythm of pruning */

    pthread_mutex_t count_lock; /* guards the counts that were read last */
    int64_t counts[PC_STATUS_COUNT], attention, counted_seq, counted_at_ms, count_took_ms;
};

struct pc_mongo_connection {
    struct pc_mongo *m;
    mongoc_client_t *client;
};

/* Opens the pool and asks the server once. Errors: config, store_unavailable. Fills pool, db,
 * takes_turns and sure_reads. */
PC_NODISCARD enum pc_code pc_mongo_connect(struct pc_mongo *m, const char *url, struct pc_err *err);
void pc_mongo_disconnect(struct pc_mongo *m);

PC_NODISCARD enum pc_code pc_mongo_acquire(struct pc_mongo *m, struct pc_mongo_connection *conn,
                                           struct pc_err *err);
void pc_mongo_release(struct pc_mongo_connection *conn);

/* The code for what libmongoc tells, its words in the detail. */
enum pc_code pc_mongo_fail(struct pc_err *err, const bson_error_t *e);
/* Did a unique index refuse it? */
bool pc_mongo_is_duplicate(const bson_error_t *e);

/* Takes filter, opts (may be NULL). Gives a cursor. */
mongoc_cursor_t *pc_mongo_find(struct pc_mongo_connection *conn,
                               enum pc_mongo_collection collection, bson_t *filter, bson_t *opts);
/* Adds to opts that only what no failover can undo is to be read (what a majority has), where
 * MONGO_DURABLE means that too. */
void pc_mongo_put_read_concern(const struct pc_mongo_connection *conn, bson_t *opts);
/* What the cursor ended with; destroys it. */
PC_NODISCARD enum pc_code pc_mongo_end_find(mongoc_cursor_t *cursor, struct pc_err *err);
/* The first that matches. Gives *doc (bson_destroy), NULL when there is none. */
PC_NODISCARD enum pc_code pc_mongo_find_one(struct pc_mongo_connection *conn,
                                            enum pc_mongo_collection collection, bson_t *filter,
                                            bson_t *opts, bson_t **doc, struct pc_err *err);

/* Changes one document; takes filter and update. *n: how many matched, may be NULL. */
PC_NODISCARD enum pc_code pc_mongo_update(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          bson_t *update, enum pc_mongo_write_concern concern,
                                          int64_t *n, struct pc_err *err);
/* The same, and gives what it is after in *doc, NULL when none matched. update NULL: it is deleted,
 * and *doc is what it was. */
PC_NODISCARD enum pc_code pc_mongo_modify(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          bson_t *update, enum pc_mongo_write_concern concern,
                                          bson_t **doc, struct pc_err *err);
/* Takes doc. *duplicate: its _id (or url) is there already, then nothing was written. */
PC_NODISCARD enum pc_code pc_mongo_insert(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *doc,
                                          enum pc_mongo_write_concern concern, bool *duplicate,
                                          struct pc_err *err);
/* Borrows docs. All that no unique index refuses; *refused: it did refuse some. */
PC_NODISCARD enum pc_code pc_mongo_insert_many(struct pc_mongo_connection *conn,
                                               enum pc_mongo_collection collection,
                                               const bson_t **docs, size_t n, bool *refused,
                                               struct pc_err *err);
/* Deletes all that match. Takes filter. */
PC_NODISCARD enum pc_code pc_mongo_delete(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          struct pc_err *err);
/* Takes command. Gives its reply in *reply (bson_destroy, also after an error). */
PC_NODISCARD enum pc_code pc_mongo_command(struct pc_mongo_connection *conn, const char *db,
                                           bson_t *command, bson_t *reply, struct pc_err *err);
const char *pc_mongo_collection_name(enum pc_mongo_collection collection);

#endif
