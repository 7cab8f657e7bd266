/* GET /metrics: the server's counters, and what the service counts, which asks every part. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/executor.h"
#include "http/handler.h"
#include "http/live/long_poll.h"
#include "http/live/ws_hub.h"
#include "http/response.h"
#include "service/query.h"

static void head(struct pc_buf *out, const char *name, const char *type, const char *help)
{
    pc_buf_printf(out, "# HELP posecraft_http_%s %s\n# TYPE posecraft_http_%s %s\n", name, help,
                  name, type);
}

static void one(struct pc_buf *out, const char *name, const char *type, const char *help, int64_t v)
{
    head(out, name, type, help);
    pc_buf_printf(out, "posecraft_http_%s %lld\n", name, (long long)v);
}

static void append_server_metrics(const struct pc_http_context *http, struct pc_buf *out)
{
    static const char *const classes[PC_HTTP_STATUS_CLASSES] = {"gone", "1xx", "2xx",
                                                                "3xx",  "4xx", "5xx"};
    const struct pc_http_counters *counters = http->counters;
    head(out, "requests_total", "counter",
         "Requests by route and class of status; class gone: the client left before the response.");
    for (int op = 0; op <= PC_OP_COUNT; op++)
        for (int c = 0; c < PC_HTTP_STATUS_CLASSES; c++)
            if (counters->responses[op][c])
                pc_buf_printf(
                    out,
                    "posecraft_http_requests_total{method=\"%s\",route=\"%s\",class=\"%s\"} %lld\n",
                    pc_router_method((enum pc_router_operation)op),
                    pc_router_path((enum pc_router_operation)op), classes[c],
                    (long long)counters->responses[op][c]);
    one(out, "connections", "gauge", "Open connections, WebSocket clients among them.",
        counters->open_connections);
    one(out, "live_clients", "gauge", "Open WebSocket clients of /live.",
        pc_ws_hub_count(http->ws_hub));
    one(out, "waiting", "gauge", "Requests that wait for an image to change.",
        pc_long_polls_count(http->long_polls));
    one(out, "aside", "gauge", "Requests that wait for the executor, or run on it.",
        pc_executor_count(http->executor));
    one(out, "slow_cut_total", "counter", "Connections aborted for being too slow.",
        counters->aborted_slow);
    one(out, "full_total", "counter", "Requests rejected because there were too many connections.",
        counters->rejected_full);
}

/* --- the route --- */

struct metrics_task {
    struct pc_task task; /* first */
    struct pc_buf text;
};

static enum pc_code collect(struct pc_task *task, struct pc_service *svc, struct pc_err *err)
{
    (void)err; /* what cannot be counted is left out */
    pc_service_metrics(svc, &((struct metrics_task *)task)->text);
    return PC_OK;
}

static enum pc_code respond(struct pc_request *r, struct pc_task *task)
{
    struct pc_buf text = PC_BUF_INIT, *collected = &((struct metrics_task *)task)->text;
    append_server_metrics(r->http, &text);
    pc_buf_append(&text, pc_buf_text(collected), collected->len);
    return pc_response_send_buf(r, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
}

static void free_task(struct pc_task *task)
{
    pc_buf_finish(&((struct metrics_task *)task)->text);
    free(task);
}

static enum pc_code end(struct pc_request *r)
{
    struct metrics_task *t = pc_xzalloc(sizeof *t);
    t->task = (struct pc_task){
        .pool = PC_POOL_HEALTH, .run = collect, .respond = respond, .free = free_task};
    return pc_executor_submit(r, &t->task);
}

const struct pc_handler pc_handler_metrics = {.end = end};
