#include "http/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/list.h"

enum { BLOCK = 32 * 1024, GRACE_MS = 60 * 1000, MAX_STREAMS = 256 };

struct pc_streams {
    struct pc_stream *suspended; /* those that wait for bytes */
    int n;                       /* all that send */
};

struct pc_streams *pc_streams_create(void)
{
    return pc_xzalloc(sizeof(struct pc_streams));
}

void pc_streams_destroy(struct pc_streams *streams)
{
    free(streams);
}

/* The response and a running fill both hold it: the last one frees. */
void pc_stream_free(struct pc_task *task)
{
    struct pc_stream *s = (struct pc_stream *)task;
    if (s->responding)
        return;
    pc_buf_finish(&s->out);
    s->destroy(s);
}

static void leave_suspended(struct pc_stream *s)
{
    PC_LIST_REMOVE(s->http->streams->suspended, s);
    s->suspended = false;
}

static void resume(struct pc_stream *s)
{
    if (!s->suspended)
        return;
    leave_suspended(s);
    pc_connection_resume(s->connection);
}

static enum pc_code fill_chunk(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    struct pc_stream *s = (struct pc_stream *)task;
    enum pc_code rc = PC_OK;
    while (!rc && !s->ended && s->out.len < PC_STREAM_CHUNK)
        rc = s->fill(s, svc, err);
    return rc;
}

static void on_filled(struct pc_task *task)
{
    struct pc_stream *s = (struct pc_stream *)task;
    s->filling = false;
    s->failed = task->rc != PC_OK;
    if (!s->responding) /* the response ended meanwhile; free comes next */
        return;
    if (s->failed)
        pc_log_err(PC_LOG_WARN, "a response broke off while it was sent", &task->err);
    resume(s);
}

static void begin_fill(struct pc_stream *s)
{
    pc_buf_clear(&s->out);
    s->sent = 0;
    s->task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = fill_chunk, .done = on_filled, .free = pc_stream_free};
    s->filling = s->suspended = true;
    PC_LIST_ADD(s->http->streams->suspended, s);
    MHD_suspend_connection(s->connection->mhd); /* its phase and deadline stay */
    if (pc_executor_submit_background(s->http->executor, &s->task))
        return;
    s->filling = false;
    s->failed = true;
    resume(s);
}

static ssize_t on_read(void *cls, uint64_t at, char *to, size_t max)
{
    struct pc_stream *s = cls;
    (void)at;
    if (s->filling)
        return 0;
    if (s->sent == s->out.len) {
        if (s->failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (s->ended)
            return MHD_CONTENT_READER_END_OF_STREAM;
        begin_fill(s);
        return 0;
    }
    size_t n = s->out.len - s->sent < max ? s->out.len - s->sent : max;
    memcpy(to, s->out.data + s->sent, n);
    s->sent += n;
    /* The time that a response of unknown length may take grows with what the client took. */
    int64_t rate = s->http->config->body_min_rate;
    if (s->connection->phase == PC_PHASE_RESPONSE)
        s->connection->deadline_ms += rate > 0 ? (int64_t)n * 1000 / rate : GRACE_MS;
    return (ssize_t)n;
}

static void on_response_end(void *cls)
{
    struct pc_stream *s = cls;
    if (s->suspended)
        leave_suspended(s);
    s->responding = false;
    s->http->streams->n--;
    if (!s->filling) /* else its thread has it */
        pc_stream_free(&s->task);
}

struct MHD_Response *pc_stream_response(struct pc_request *r, struct pc_stream *s, uint64_t size)
{
    struct pc_streams *streams = r->http->streams;
    if (streams->n == MAX_STREAMS) {
        (void)pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, "Too many files are being sent.");
        return NULL;
    }
    s->http = r->http;
    s->connection = r->connection;
    struct MHD_Response *response =
        MHD_create_response_from_callback(size, BLOCK, on_read, s, on_response_end);
    s->responding = response != NULL;
    streams->n += s->responding;
    return response;
}

void pc_streams_resume_all(struct pc_streams *streams)
{
    while (streams->suspended)
        resume(streams->suspended);
}
