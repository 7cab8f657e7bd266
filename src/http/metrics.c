#include "http/aside.h"

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
            if (http->answered[op][c])
                pc_buf_printf(
                    out,
                    "posecraft_http_requests_total{method=\"%s\",route=\"%s\",class=\"%s\"} %lld\n",
                    pc_route_method((enum pc_operation)op), pc_route_path((enum pc_operation)op),
                    classes[c], (long long)http->answered[op][c]);
    one(out, "connections", "gauge", "Open connections, live channels among them.", http->open);
    one(out, "live_clients", "gauge", "Open live channels.", pc_live_count(http->live));
    one(out, "waiting", "gauge", "Requests that wait for an image.", pc_waits_count(http->waits));
    one(out, "aside", "gauge", "Requests that wait for, or run on, a side thread.",
        pc_asides_count(http));
    one(out, "slow_cut_total", "counter", "Connections cut for being too slow.", http->cut_slow);
    one(out, "full_total", "counter", "Requests refused for too many connections.",
        http->refused_full);
}
