#include "http/executor.h"

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

void pc_http_metrics(const struct pc_http *http, struct pc_buf *out)
{
    static const char *const classes[] = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
    head(out, "requests_total", "counter",
         "Requests by route and class of status; class gone: the client left before the answer.");
    for (int op = 0; op <= PC_OP_COUNT; op++)
        for (int c = 0; c < 6; c++)
            if (http->responses[op][c])
                pc_buf_printf(
                    out,
                    "posecraft_http_requests_total{method=\"%s\",route=\"%s\",class=\"%s\"} %lld\n",
                    pc_router_method((enum pc_router_operation)op),
                    pc_router_path((enum pc_router_operation)op), classes[c],
                    (long long)http->responses[op][c]);
    one(out, "connections", "gauge", "Open connections, live channels among them.",
        http->open_connections);
    one(out, "live_clients", "gauge", "Open live channels.", pc_ws_hub_count(http->ws_hub));
    one(out, "waiting", "gauge", "Requests that wait for an image.",
        pc_long_polls_count(http->long_polls));
    one(out, "aside", "gauge", "Requests that wait for, or run on, a side thread.",
        pc_executors_count(http));
    one(out, "slow_cut_total", "counter", "Connections cut for being too slow.",
        http->aborted_slow);
    one(out, "full_total", "counter", "Requests refused for too many connections.",
        http->rejected_full);
}
