#include "http/stream.h"
#include "http/list.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { BLOCK = 32 * 1024, GRACE_MS = 60 * 1000, MAX_STREAMS = 256 };

/* The response and a running fill both hold it: the last one frees. */
void pc_stream_free(struct pc_task *task)
{
    struct pc_stream *s = (struct pc_stream *)task;
    if (s->responding)
        return;
    pc_buf_finish(&s->out);
    s->destroy(s);
}

static void unlink_suspended(struct pc_stream *s)
{
    PC_LIST_REMOVE(s->http->streams, s);
    s->suspended = false;
}

static void resume(struct pc_stream *s)
{
    if (!s->suspended)
        return;
    unlink_suspended(s);
    MHD_resume_connection(s->mhd);
    s->http->daemon_ready = true;
}

static void suspend(struct pc_http *http, struct pc_stream *s)
{
    s->suspended = true;
    PC_LIST_ADD(http->streams, s);
    MHD_suspend_connection(s->mhd);
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
    if (!s->responding) /* the answer ended meanwhile; free comes next */
        return;
    if (s->failed)
        pc_log_err(PC_LOG_WARN, "an answer broke off while it was sent", &task->err);
    resume(s);
}

static void begin_fill(struct pc_stream *s)
{
    struct pc_http *http = s->http;
    pc_buf_clear(&s->out);
    s->sent = 0;
    s->task = (struct pc_task){
        .pool = PC_POOL_STORE, .run = fill_chunk, .done = on_filled, .free = pc_stream_free};
    s->filling = true;
    suspend(http, s);
    if (pc_executor_submit_background(http, &s->task))
        return;
    s->filling = false;
    s->failed = true;
    resume(s);
}

/* The time that an answer of unknown length may take grows with what was taken. */
static void extend_deadline(struct pc_stream *s, size_t len)
{
    int64_t rate = s->http->config->body_min_rate;
    if (s->connection->phase == PC_PHASE_RESPONSE)
        s->connection->deadline_ms += rate > 0 ? (int64_t)len * 1000 / rate : GRACE_MS;
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
    extend_deadline(s, n);
    return (ssize_t)n;
}

static void on_response_end(void *cls)
{
    struct pc_stream *s = cls;
    if (s->suspended)
        unlink_suspended(s);
    s->responding = false;
    s->http->n_streams--;
    if (!s->filling) /* else its thread has it */
        pc_stream_free(&s->task);
}

struct MHD_Response *pc_stream_response(struct pc_request *r, struct pc_stream *s, uint64_t size)
{
    if (r->http->n_streams == MAX_STREAMS) {
        (void)pc_fail(&r->err, PC_E_TOO_MANY_CONNECTIONS, "Too many files are being sent.");
        return NULL;
    }
    s->http = r->http;
    s->connection = r->connection;
    s->mhd = r->mhd;
    struct MHD_Response *response =
        MHD_create_response_from_callback(size, BLOCK, on_read, s, on_response_end);
    s->responding = response != NULL;
    r->http->n_streams += s->responding;
    return response;
}

void pc_streams_resume_all(struct pc_http *http)
{
    while (http->streams)
        resume(http->streams);
}
