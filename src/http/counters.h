/* What the server counts: limits look at some of it, GET /metrics shows all.
 * Threads: the loop's thread. */
#ifndef PC_HTTP_COUNTERS_H
#define PC_HTTP_COUNTERS_H

#include <stdint.h>

#include "http/router.h"

enum { PC_HTTP_STATUS_CLASSES = 6 }; /* 1xx to 5xx; 0: the client left before the response */

struct pc_http_counters {
    int open_connections; /* WebSocket clients among them */
    int active_requests;  /* not completed; without WebSocket clients */
    int64_t responses[PC_OP_COUNT + 1][PC_HTTP_STATUS_CLASSES]; /* PC_OP_COUNT: the page */
    int64_t aborted_slow;                                       /* connections */
    int64_t rejected_full;                                      /* requests, by max_connections */
    int64_t buffered_bytes; /* of bodies that are kept whole until their end */
};

#endif
