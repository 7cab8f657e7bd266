/* Records in MongoDB: the indexes and the queries of lists, apart from the driver so that a test
 * can ask the server how it would run each of them.
 * Threads: pure functions, but for pc_mongo_make_indexes. */
#ifndef PC_RECORDS_MONGO_QUERY_H
#define PC_RECORDS_MONGO_QUERY_H

#include "records/mongo/internal.h"

/* Makes those that are missing. config when two documents have one url. */
PC_NODISCARD enum pc_code pc_mongo_make_indexes(struct pc_mongo_connection *conn,
                                                struct pc_err *err);

/* Gives the filter of q; changes above upto do not show. bad_request: the search is too long. */
PC_NODISCARD enum pc_code pc_mongo_filter(const struct pc_record_query *q, int64_t upto,
                                          bson_t **filter, struct pc_err *err);
/* Gives order, limit and offset of q. */
bson_t *pc_mongo_list_opts(const struct pc_record_query *q);
/* Gives the filter for who names the blob. */
bson_t *pc_mongo_blob_filter(const char *key);
/* Gives filter and order of the pending ones that are stale. */
bson_t *pc_mongo_stale_filter(int64_t before_ms);
bson_t *pc_mongo_stale_opts(int max);

#endif
