/* Records in MongoDB: what the files of this driver share. Private to src/records/mongo.
 *
 *     driver.c      the slots: open, close, get and the single changes of a record
 *     connection.c  the pool, commands, errors; reads the store URL
 *     document.c    a record as a document, both ways
 *     change.c      what surrounds each change: its seq, and which changes are in flight
 *     indexes.c     made at start               query.c   filters
 *     read.c        lists and counts            settings.c texts that all processes share
 *     insert.c      adding records              remove.c  removing, tombstones
 *     import.c      from another store          legacy.c  documents of the first version
 *
 * Functions that are slots of the driver do what records/driver.h says of them.
 *
 * Ownership: a bson_t that is passed as filter, update, doc, opts or command is taken: the function
 * destroys it. Threads: a struct pc_mongo is shared by all threads; a connection and a change
 * belong to the thread that took them.
 */
#ifndef PC_RECORDS_MONGO_INTERNAL_H
#define PC_RECORDS_MONGO_INTERNAL_H

#include <mongoc/mongoc.h>
#include <pthread.h>

#include "records/driver.h"

enum pc_mongo_collection {
    MONGO_IMAGES,
    MONGO_STORE,      /* one document: the counters, and which changes are in flight */
    MONGO_TOMBSTONES, /* "removed": {_id, seq} of removed records */
    MONGO_SETTINGS,   /* "kept": {_id: name, version, text} */
    MONGO_COLLECTIONS
};

enum pc_mongo_write_concern {
    MONGO_QUICK,  /* the primary's memory: a failover or power loss may undo it */
    MONGO_DURABLE /* what the store URL asks for, else a majority, journalled */
};

struct pc_mongo {
    struct pc_records base;
    mongoc_client_pool_t *pool;
    char *db;
    bool majority_reads; /* MONGO_DURABLE is a majority, so a read can wait for one too */

    pthread_mutex_t lock;      /* guards what follows */
    int64_t known_seq;         /* the counter was seen to be at least here ... */
    int64_t known_at_ms;       /* ... at this time of the monotonic clock */
    int64_t complete_seq;      /* no change up to here is in flight any more */
    int64_t rolled_back_from;  /* changes above this one ... */
    int64_t rolled_back_to;    /* ... up to this one were undone by a failover */
    char oldest_in_flight[32]; /* the change that is in flight for longest ... */
    int64_t oldest_since_ms;   /* ... since when this process sees it ... */
    int64_t oldest_seen_seq;   /* ... and the seq at that time */
    int64_t tombstones_added;  /* by this process: tells when to prune */

    pthread_mutex_t count_lock; /* guards the last count of all */
    int64_t counts[PC_STATUS_COUNT], attention, counted_seq, counted_at_ms, count_took_ms;
};

/* --- connections and commands (connection.c) --- */

struct pc_mongo_connection {
    struct pc_mongo *m;
    mongoc_client_t *client;
};

/* Opens the pool and asks the server once. Fills pool, db and majority_reads. Errors: config (the
 * URL; a server whose changes are not atomic), store_unavailable. */
PC_NODISCARD enum pc_code pc_mongo_connect(struct pc_mongo *m, const char *url, struct pc_err *err);
void pc_mongo_disconnect(struct pc_mongo *m);
/* Sets what the store URL leaves open: time limits, the pool, reads from the primary, the write
 * concern. True when MONGO_DURABLE is a majority. */
bool pc_mongo_set_defaults(mongoc_uri_t *uri);
/* Can this driver work with the server, judged by its reply to buildInfo? Else config. */
PC_NODISCARD enum pc_code pc_mongo_check_server(const bson_t *build_info, struct pc_err *err);

/* A connection out of the pool, for one call; store_unavailable when none is free in time. */
PC_NODISCARD enum pc_code pc_mongo_acquire(struct pc_mongo *m, struct pc_mongo_connection *conn,
                                           struct pc_err *err);
void pc_mongo_release(struct pc_mongo_connection *conn);
/* A connection beside the pool, to the server of conn, for commands that may take up to an hour:
 * the socketTimeoutMS of the store URL does not count. Connects at the first command. Errors:
 * config. */
PC_NODISCARD enum pc_code pc_mongo_open_patient(const struct pc_mongo_connection *conn,
                                                struct pc_mongo_connection *patient,
                                                struct pc_err *err);
void pc_mongo_close_patient(struct pc_mongo_connection *patient);

/* Fills err from the error of libmongoc. Returns its code. */
enum pc_code pc_mongo_fail(struct pc_err *err, const bson_error_t *e);
/* Did a unique index refuse it? */
bool pc_mongo_is_duplicate(const bson_error_t *e);
const char *pc_mongo_collection_name(enum pc_mongo_collection collection);

/* The number in a field of doc; 0 when it is missing or not a number. */
int64_t pc_mongo_number(const bson_t *doc, const char *key);

/* opts may be NULL. Gives a cursor, which pc_mongo_end_find ends. */
mongoc_cursor_t *pc_mongo_find(struct pc_mongo_connection *conn,
                               enum pc_mongo_collection collection, bson_t *filter, bson_t *opts);
/* Adds to opts that only what no failover can undo may be read, where MONGO_DURABLE is a
 * majority. */
void pc_mongo_put_read_concern(const struct pc_mongo_connection *conn, bson_t *opts);
/* Takes cursor. Returns how the reading ended. */
PC_NODISCARD enum pc_code pc_mongo_end_find(mongoc_cursor_t *cursor, struct pc_err *err);
/* Gives *doc, the first that matches, NULL when none does. opts may be NULL. */
PC_NODISCARD enum pc_code pc_mongo_find_one(struct pc_mongo_connection *conn,
                                            enum pc_mongo_collection collection, bson_t *filter,
                                            bson_t *opts, bson_t **doc, struct pc_err *err);
/* Changes one document. *n: how many matched; may be NULL. */
PC_NODISCARD enum pc_code pc_mongo_update(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          bson_t *update, enum pc_mongo_write_concern concern,
                                          int64_t *n, struct pc_err *err);
/* The same, and gives *doc as it is after the change, NULL when none matched. update NULL: removes
 * the document, and *doc is what it was. */
PC_NODISCARD enum pc_code pc_mongo_modify(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          bson_t *update, enum pc_mongo_write_concern concern,
                                          bson_t **doc, struct pc_err *err);
/* *duplicate: its _id (or url) is there already, and nothing was written. */
PC_NODISCARD enum pc_code pc_mongo_insert(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *doc,
                                          enum pc_mongo_write_concern concern, bool *duplicate,
                                          struct pc_err *err);
/* Takes docs, the array of n documents and each of them. Inserts all that no unique index refuses.
 * *refused: it refused some. n may be 0. */
PC_NODISCARD enum pc_code pc_mongo_insert_many(struct pc_mongo_connection *conn,
                                               enum pc_mongo_collection collection, bson_t **docs,
                                               size_t n, bool *refused, struct pc_err *err);
/* Removes all that match. */
PC_NODISCARD enum pc_code pc_mongo_delete(struct pc_mongo_connection *conn,
                                          enum pc_mongo_collection collection, bson_t *filter,
                                          struct pc_err *err);
/* Gives *reply, also after an error (bson_destroy). */
PC_NODISCARD enum pc_code pc_mongo_command(struct pc_mongo_connection *conn, const char *db,
                                           bson_t *command, bson_t *reply, struct pc_err *err);

/* --- documents (document.c) --- */

/* Gives the document of r. */
bson_t *pc_mongo_encode_record(const struct pc_record *r);
/* Fills r, which pc_record_init has prepared. Fields that the document lacks stay empty. The id is
 * 0 when _id is no number: a document of the first version. */
void pc_mongo_decode_record(const bson_t *doc, struct pc_record *r);
/* Each appends its fields to doc. */
void pc_mongo_put_shots(bson_t *doc, const struct pc_record_result *result);
void pc_mongo_put_detail(bson_t *doc, const struct pc_record_result *result);
void pc_mongo_put_edits(bson_t *doc, const struct pc_record_edits *edits);
void pc_mongo_put_decisions(bson_t *doc, const struct pc_record_decisions *decisions);
void pc_mongo_put_status(bson_t *doc, enum pc_record_status status);

/* --- changes (change.c) --- */

/* How a change is made:
 *
 *     rc = pc_mongo_change_begin(&c, m, 1, 0, err);     takes a connection and a seq
 *     if (!rc) rc = ... one atomic update that writes c.seq ...
 *     pc_mongo_change_end(&c, changed);                 always, whatever begin returned
 */

struct pc_mongo_change {
    struct pc_mongo_connection conn;
    int64_t seq, id; /* the first of those taken; seq 0: none was */
    int64_t last_id; /* the counter of ids at that time */
    int n;           /* how many seqs */
    char token[25];  /* names the change in `store` while it is in flight */
    bool has_conn;
};

/* Makes the counters, above every id and seq that is there. */
PC_NODISCARD enum pc_code pc_mongo_init_counter(struct pc_mongo_connection *conn,
                                                struct pc_err *err);
/* Ids that are given from now on are above id. */
PC_NODISCARD enum pc_code pc_mongo_raise_id(struct pc_mongo_connection *conn, int64_t id,
                                            struct pc_err *err);
/* Takes n seqs, and as many ids as `ids` says. */
PC_NODISCARD enum pc_code pc_mongo_change_begin(struct pc_mongo_change *c, struct pc_mongo *m,
                                                int n, int ids, struct pc_err *err);
/* changed: something was, or may have been, written with these seqs. */
void pc_mongo_change_end(struct pc_mongo_change *c, bool changed);
/* *seq: up to here no change is in flight. *pruned_seq (may be NULL): the seq of the last tombstone
 * that is no longer kept. */
PC_NODISCARD enum pc_code pc_mongo_complete_seq(struct pc_mongo_connection *conn, int64_t *seq,
                                                int64_t *pruned_seq, struct pc_err *err);
/* Did a failover undo changes that pc_mongo_complete_seq had returned, seq among them? */
bool pc_mongo_rolled_back(struct pc_mongo *m, int64_t seq);

/* --- indexes (indexes.c) --- */

/* Makes the indexes that are missing, and replaces that of an earlier version. Returns when all are
 * ready, also those that another process makes: on millions of documents after minutes, which the
 * log explains. config when two documents have one url, which err names. */
PC_NODISCARD enum pc_code pc_mongo_make_indexes(struct pc_mongo_connection *conn,
                                                struct pc_err *err);

/* --- queries (query.c): apart, so that a test can ask the server for its plans --- */

/* Gives the filter of q; changes above upto do not show. bad_request: the search is too long. */
PC_NODISCARD enum pc_code pc_mongo_filter(const struct pc_record_query *q, int64_t upto,
                                          bson_t **filter, struct pc_err *err);
/* Gives order, limit and offset of q. */
bson_t *pc_mongo_list_opts(const struct pc_record_query *q);
/* Gives the filter for the records that reference a blob. */
bson_t *pc_mongo_blob_filter(const char *key);
/* Give filter and order of the stale pending ones. */
bson_t *pc_mongo_stale_filter(int64_t before_ms);
bson_t *pc_mongo_stale_opts(int max);

/* --- slots, each in the file of its name --- */

PC_NODISCARD enum pc_code pc_mongo_read_by_id(struct pc_mongo_connection *conn, int64_t id,
                                              struct pc_record *r, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_get(struct pc_records *rs, int64_t id, struct pc_record *r,
                                       struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list(struct pc_records *rs, const struct pc_record_query *q,
                                        struct pc_record_list *out, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_count(struct pc_records *rs,
                                         const struct pc_record_query *within,
                                         int64_t counts[PC_STATUS_COUNT], int64_t *attention,
                                         int64_t *last_seq, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list_stale(struct pc_records *rs, int64_t before_ms,
                                              int64_t *ids, int max, int *n, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_references_blob(struct pc_records *rs, const char *key,
                                                   bool *referenced, struct pc_err *err);

PC_NODISCARD enum pc_code pc_mongo_insert_new(struct pc_records *rs,
                                              const struct pc_record_new *fresh, int n,
                                              int64_t now_ms, struct pc_record *items,
                                              bool *created, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_import(struct pc_records *rs, const struct pc_record *items,
                                          int n, struct pc_err *err);

PC_NODISCARD enum pc_code pc_mongo_remove(struct pc_records *rs, int64_t id, struct pc_record *r,
                                          struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_list_tombstones(struct pc_records *rs, int64_t since_seq,
                                                   int64_t *ids, int max, int *n, bool *all,
                                                   struct pc_err *err);
/* Removes all but the last PC_RECORDS_TOMBSTONES_MIN tombstones. */
PC_NODISCARD enum pc_code pc_mongo_prune_tombstones(struct pc_mongo_connection *conn,
                                                    struct pc_err *err);

PC_NODISCARD enum pc_code pc_mongo_get_setting(struct pc_records *rs, const char *name, char **text,
                                               int64_t *version, struct pc_err *err);
PC_NODISCARD enum pc_code pc_mongo_put_setting(struct pc_records *rs, const char *name,
                                               const char *text, int64_t seen_version,
                                               int64_t *version, struct pc_err *err);

/* --- documents of the first version (legacy.c describes the steps of a move) --- */

/* Step 1. Gives *doc as it is after it; NULL: no such document has that url (any more). */
PC_NODISCARD enum pc_code pc_mongo_legacy_begin_move(struct pc_mongo_connection *conn,
                                                     const bson_value_t *oid, const char *url,
                                                     int64_t id, bson_t **doc, struct pc_err *err);
/* Undoes step 1. */
PC_NODISCARD enum pc_code pc_mongo_legacy_undo_move(struct pc_mongo_connection *conn,
                                                    const bson_value_t *oid, const char *url,
                                                    int64_t id, struct pc_err *err);
/* Step 3: id is the new document. *first (may be NULL): nobody had ended this move before. */
PC_NODISCARD enum pc_code pc_mongo_legacy_end_move(struct pc_mongo_connection *conn,
                                                   const bson_value_t *oid, int64_t id, bool *first,
                                                   struct pc_err *err);
/* Writes a line to the log when there are any. */
PC_NODISCARD enum pc_code pc_mongo_log_legacy(struct pc_mongo_connection *conn, struct pc_err *err);

#endif
