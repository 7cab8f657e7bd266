/* An answer whose bytes come from stores while it is sent. A pool's thread fills a buffer (some
 * hundred KiB) when the client has taken the last; the connection is suspended meanwhile, so a slow
 * store holds up nobody, and a slow client costs one buffer and its connection. So many at once;
 * beyond: too_many_connections.
 *
 * A handler embeds a struct pc_stream as the first member of what it needs, may use its task to
 * open it (pc_executor_submit, with free = pc_stream_free), and makes the response in reply. From then on it
 * belongs to the response.
 *
 * Threads: fill on a pool's thread; all else on the loop thread, never while fill runs.
 */
#ifndef PC_HTTP_STREAM_H
#define PC_HTTP_STREAM_H

#include "http/executor.h"

struct pc_stream {
    struct pc_task task; /* first */
    /* Appends some of what is left to out, sets ended with the last. Errors break the answer off.
     */
    enum pc_code (*fill)(struct pc_stream *s, struct pc_service *svc, struct pc_err *err);
    /* Frees what embeds it. */
    void (*destroy)(struct pc_stream *s);
    struct pc_buf out;
    bool ended;
    /* stream.c */
    struct pc_http *http;
    struct pc_connection *connection; /* while it sends */
    struct MHD_Connection *mhd;
    struct pc_stream *next, *prev; /* of those that are suspended */
    size_t sent;                   /* of out */
    bool responding, filling, suspended;
    bool failed; /* fill, or too many waited for a thread */
};

enum { PC_STREAM_CHUNK = 256 * 1024 }; /* what fill should append, about */

/* size: of all, or MHD_SIZE_UNKNOWN. NULL when memory is short, or r->err is set for too many: the
 * task's free frees s. */
struct MHD_Response *pc_stream_response(struct pc_request *r, struct pc_stream *s, uint64_t size);
/* free of the task. */
void pc_stream_free(struct pc_task *task);
/* Before the daemon stops. */
void pc_streams_resume_all(struct pc_http *http);

#endif
