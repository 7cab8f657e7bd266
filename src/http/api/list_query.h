/* The query of GET /images and of other calls that filter images. Texts borrow from the request.
 * Threads: the loop's thread. */
#ifndef PC_HTTP_API_LIST_QUERY_H
#define PC_HTTP_API_LIST_QUERY_H

#include "http/request.h"
#include "records/records.h"

/* q, batch, status, attention and review; bad_request names the parameter. What is absent leaves q
 * as it is. */
PC_NODISCARD enum pc_code pc_list_query_read_filters(struct pc_request *r,
                                                     struct pc_record_query *q);
/* limit, offset, since, sort and order, likewise. */
PC_NODISCARD enum pc_code pc_list_query_read_page(struct pc_request *r, struct pc_record_query *q);
/* A whole number of the query; *out stays as it is when it is absent. */
PC_NODISCARD enum pc_code pc_list_query_read_number(struct pc_request *r, const char *name,
                                                    int64_t min, int64_t max, int64_t *out);
/* Gives a query that outlives its request, in one block: free(). */
struct pc_record_query *pc_list_query_copy(const struct pc_record_query *q);

#endif
