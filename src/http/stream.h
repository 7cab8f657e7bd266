/* A response whose bytes come from stores while it is sent. A thread of the executor fills a buffer
 * (some hundred KiB) whenever the client has taken the last one; the connection is suspended
 * meanwhile. So a slow store delays no other client, and a slow client costs one buffer and its
 * connection. The number of streams is bounded: too_many_connections.
 *
 * A handler embeds a struct pc_stream as the first member of what it needs, may use its task to
 * open it (pc_executor_submit, with free = pc_stream_free), and makes the response in respond. From
 * then on the stream belongs to the response.
 *
 * Threads: fill on a thread of the executor; all else on the loop's thread, never while fill runs.
 */
#ifndef PC_HTTP_STREAM_H
#define PC_HTTP_STREAM_H

#include "http/executor.h"

struct pc_streams; /* of one server */

struct pc_stream {
    struct pc_task task; /* first */
    /* Appends some of what is left to out; sets ended with the last of it. An error breaks the
     * response off. */
    enum pc_code (*fill)(struct pc_stream *s, struct pc_service *svc, struct pc_err *err);
    /* Frees what embeds it. */
    void (*destroy)(struct pc_stream *s);
    struct pc_buf out;
    bool ended;
    /* stream.c: */
    const struct pc_http_context *http;
    struct pc_connection *connection; /* while it sends */
    struct pc_stream *next, *prev;    /* among those that are suspended */
    size_t sent;                      /* of out */
    bool responding, filling, suspended;
    bool failed; /* fill failed, or too many tasks waited for a thread */
};

enum { PC_STREAM_CHUNK = 256 * 1024 }; /* about what fill should append */

struct pc_streams *pc_streams_create(void); /* gives */
void pc_streams_destroy(struct pc_streams *streams);
/* Resumes all: before the library stops. */
void pc_streams_resume_all(struct pc_streams *streams);

/* size: of the whole body, or MHD_SIZE_UNKNOWN. NULL when memory is short, or with r->err set when
 * there are too many; then the task's free frees s. */
struct MHD_Response *pc_stream_response(struct pc_request *r, struct pc_stream *s, uint64_t size);
/* The task's free. */
void pc_stream_free(struct pc_task *task);

#endif
