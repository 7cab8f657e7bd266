/* The loop's epoll set holds the library's own epoll descriptor, a descriptor that pc_http_stop
 * writes to, the service's events, the executor's results, WebSocket clients, and the sockets of
 * suspended requests.
 *
 * Each iteration: wait, call the watches that are ready, run the library if it has work, hand the
 * events on once they were gathered for a moment, and sweep a few times a second.
 */
#include "http/http.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/guard.h"
#include "http/lifecycle.h"
#include "http/live/long_poll.h"
#include "http/live/ws_hub.h"
#include "http/stream.h"

enum {
    SWEEP_MS = 250,
    GATHER_MS = 100,        /* events are handed on together, so often */
    EVENTS_AT_ONCE = 256,   /* and so many at most */
    POOL_BYTES = 16 * 1024, /* of each connection; half of it holds a request's header */
    SPARE_CONNECTIONS = 64, /* beyond max_connections: they get an error that says so */
    SPARE_FILES = 128,
    BACKLOG = 1024,
};

struct pc_http {
    struct pc_http_context context;
    struct pc_http_counters counters;
    struct pc_loop loop;
    struct pc_lifecycle life;
    char *page_dir;
    int port;
    struct MHD_Daemon *daemon;
    int stop_fd;
    struct pc_loop_watch daemon_watch, stop_watch, events_watch;
    int64_t events_at_ms; /* when to drain the service's events; 0: there are none */
    int64_t sweep_at_ms;
};

/* --- watches --- */

#define HTTP_OF(watch, member)                                                                     \
    ((struct pc_http *)((char *)(watch)-offsetof(struct pc_http, member)))

static void on_daemon_ready(struct pc_loop_watch *watch, uint32_t events)
{
    (void)events;
    HTTP_OF(watch, daemon_watch)->loop.library_due = true;
}

static void on_stop(struct pc_loop_watch *watch, uint32_t events)
{
    (void)events;
    HTTP_OF(watch, stop_watch)->context.stopping = true;
}

static void on_events(struct pc_loop_watch *watch, uint32_t events)
{
    struct pc_http *http = HTTP_OF(watch, events_watch);
    (void)events;
    if (!http->events_at_ms)
        http->events_at_ms = pc_clock_mono_ms() + GATHER_MS;
}

/* --- start --- */

static int open_socket(const struct addrinfo *info, int *why)
{
    int yes = 1, no = 0;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        *why = errno;
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (info->ai_family == AF_INET6) /* "::" serves IPv4 too */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    *why = errno;
    close(fd);
    return -1;
}

static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } at;
    socklen_t len = sizeof at;
    memset(&at, 0, sizeof at);
    if (getsockname(fd, &at.any, &len))
        return 0;
    return ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
}

static enum pc_code listen_on(struct pc_http *http, const struct pc_http_options *o, int *fd,
                              struct pc_err *err)
{
    char port[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int why = EADDRNOTAVAIL;
    snprintf(port, sizeof port, "%d", o->port);
    if (getaddrinfo(o->host, port, &hints, &found))
        return pc_fail(err, PC_E_CONFIG, "Cannot listen on %s: this is no address of this machine.",
                       o->host);
    *fd = -1;
    for (struct addrinfo *at = found; at && *fd < 0; at = at->ai_next)
        *fd = open_socket(at, &why);
    freeaddrinfo(found);
    if (*fd < 0) {
        if (why == EADDRINUSE)
            return pc_fail(err, PC_E_CONFIG,
                           "Port %d is taken by another program; choose another with --port.",
                           o->port);
        return pc_fail(err, PC_E_CONFIG, "Cannot listen on %s port %d: %s.", o->host, o->port,
                       strerror(why));
    }
    http->port = port_of(*fd);
    http->context.loopback = pc_guard_is_loopback(o->host);
    return PC_OK;
}

/* Each connection is a file; the usual soft limit of 1,024 is below what is promised. */
static void raise_file_limit(int64_t connections)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections + SPARE_CONNECTIONS + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < wanted)
        pc_log(PC_LOG_WARN, "the system allows fewer open files than max_connections needs",
               PC_LOG_I64("files", (int64_t)limit.rlim_cur));
}

/* Takes fd. */
static enum pc_code start_daemon(struct pc_http *http, int fd, struct pc_err *err)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_UPGRADE | MHD_ALLOW_SUSPEND_RESUME;
    unsigned connections = (unsigned)(http->context.config->max_connections + SPARE_CONNECTIONS);
    struct pc_lifecycle *life = &http->life;
    http->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, pc_lifecycle_on_request, life, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_URI_LOG_CALLBACK,
        pc_lifecycle_on_uri, life, MHD_OPTION_NOTIFY_COMPLETED, pc_lifecycle_on_completed, life,
        MHD_OPTION_NOTIFY_CONNECTION, pc_lifecycle_on_connection, life, MHD_OPTION_END);
    if (!http->daemon) {
        close(fd);
        return pc_fail_detail(err, PC_E_INTERNAL, "MHD_start_daemon: %s", strerror(errno));
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    http->daemon_watch.ready = on_daemon_ready;
    pc_loop_add(&http->loop, info->epoll_fd, EPOLLIN, &http->daemon_watch);
    return PC_OK;
}

static enum pc_code start_parts(struct pc_http *http, struct pc_err *err)
{
    struct pc_http_context *context = &http->context;
    struct pc_loop *loop = &http->loop;
    enum pc_code rc = pc_loop_init(loop, err);
    if (rc)
        return rc;
    http->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (http->stop_fd < 0)
        return pc_fail_detail(err, PC_E_INTERNAL, "eventfd: %s", strerror(errno));
    http->stop_watch.ready = on_stop;
    http->events_watch.ready = on_events;
    pc_loop_add(loop, http->stop_fd, EPOLLIN, &http->stop_watch);
    pc_loop_add(loop, pc_events_fd(pc_service_events(context->svc)), EPOLLIN | EPOLLET,
                &http->events_watch);
    context->streams = pc_streams_create();
    rc = pc_executor_create(loop, context->svc, &context->executor, err);
    if (rc)
        return rc;
    context->change_feed = pc_change_feed_create(context->executor, context->svc);
    context->long_polls = pc_long_polls_create(context->change_feed);
    context->ws_hub = pc_ws_hub_create(loop, context->change_feed);
    return PC_OK;
}

enum pc_code pc_http_create(struct pc_service *svc, const struct pc_http_options *options,
                            struct pc_http **out, struct pc_err *err)
{
    struct pc_http *http = pc_xzalloc(sizeof *http);
    int fd = -1;
    http->loop.epoll_fd = http->stop_fd = -1;
    http->page_dir = pc_xstrdup(options->page_dir ? options->page_dir : "");
    http->life.http = &http->context;
    http->context = (struct pc_http_context){.svc = svc,
                                             .config = pc_service_config(svc),
                                             .page_dir = http->page_dir,
                                             .counters = &http->counters,
                                             .loop = &http->loop};
    raise_file_limit(http->context.config->max_connections);
    enum pc_code rc = start_parts(http, err);
    if (!rc)
        rc = listen_on(http, options, &fd, err);
    if (!rc)
        rc = start_daemon(http, fd, err);
    if (rc) {
        pc_http_destroy(http);
        return rc;
    }
    *out = http;
    return PC_OK;
}

int pc_http_port(const struct pc_http *http)
{
    return http->port;
}

/* --- run --- */

/* How long the loop may wait: until the sweep, the events, the change feed or the library is
 * due. */
static int timeout_ms(struct pc_http *http, int64_t now_ms)
{
    unsigned long long library_ms;
    int64_t left = http->loop.library_due            ? 0
                   : http->counters.open_connections ? http->sweep_at_ms - now_ms
                                                     : 60 * 1000;
    if (http->events_at_ms && http->events_at_ms - now_ms < left)
        left = http->events_at_ms - now_ms;
    int64_t feed_at_ms = pc_change_feed_next_ms(http->context.change_feed);
    if (feed_at_ms < now_ms + left)
        left = feed_at_ms - now_ms;
    if (MHD_get_timeout(http->daemon, &library_ms) == MHD_YES && (int64_t)library_ms < left) {
        left = (int64_t)library_ms;
        http->loop.library_due = http->loop.library_due || library_ms == 0;
    }
    return left > 0 ? (int)left : 0;
}

static void run_iteration(struct pc_http *http)
{
    struct pc_http_context *context = &http->context;
    pc_loop_poll(&http->loop, timeout_ms(http, pc_clock_mono_ms()));
    if (http->loop.library_due) {
        http->loop.library_due = false;
        MHD_run(http->daemon);
    }
    int64_t now_ms = pc_clock_mono_ms();
    if (http->events_at_ms && now_ms >= http->events_at_ms) {
        struct pc_event events[EVENTS_AT_ONCE];
        int n = pc_events_drain(pc_service_events(context->svc), events, EVENTS_AT_ONCE);
        http->events_at_ms = n == EVENTS_AT_ONCE ? now_ms : 0;
        pc_change_feed_on_events(context->change_feed, events, n);
    }
    pc_change_feed_run(context->change_feed, now_ms);
    if (now_ms < http->sweep_at_ms)
        return;
    pc_lifecycle_sweep(&http->life, now_ms);
    pc_executor_sweep(context->executor, now_ms);
    pc_long_polls_sweep(context->long_polls, now_ms);
    pc_ws_hub_sweep(context->ws_hub, now_ms);
    http->sweep_at_ms = now_ms + SWEEP_MS;
}

void pc_http_run(struct pc_http *http, int64_t grace_ms)
{
    struct pc_http_context *context = &http->context;
    while (!context->stopping)
        run_iteration(http);
    /* Running requests and the good-byes of WebSocket clients are waited for; idle connections are
     * not. */
    int64_t until_ms = pc_clock_mono_ms() + grace_ms;
    MHD_socket listener = MHD_quiesce_daemon(http->daemon);
    pc_loop_remove(&http->loop, http->stop_fd, &http->stop_watch);
    pc_long_polls_end_all(context->long_polls);
    pc_ws_hub_say_goodbye(context->ws_hub);
    while ((http->counters.active_requests || pc_ws_hub_count(context->ws_hub)) &&
           pc_clock_mono_ms() < until_ms)
        run_iteration(http);
    pc_ws_hub_close_all(context->ws_hub);
    MHD_run(http->daemon); /* closes the sockets of those that were dropped */
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
}

void pc_http_stop(struct pc_http *http)
{
    uint64_t one = 1;
    /* The counter cannot overflow in practice, and a full one is readable anyway. */
    ssize_t written = write(http->stop_fd, &one, sizeof one);
    (void)written;
}

void pc_http_destroy(struct pc_http *http)
{
    if (!http)
        return;
    struct pc_http_context *context = &http->context;
    if (http->daemon) {
        pc_long_polls_end_all(context->long_polls);
        pc_executor_resume_all(context->executor);
        pc_streams_resume_all(context->streams);
        pc_ws_hub_close_all(context->ws_hub);
        MHD_stop_daemon(http->daemon);
    }
    pc_executor_destroy(context->executor); /* its tasks know streams and feed */
    pc_streams_destroy(context->streams);
    pc_ws_hub_destroy(context->ws_hub);
    pc_long_polls_destroy(context->long_polls);
    pc_change_feed_destroy(context->change_feed);
    pc_loop_finish(&http->loop);
    if (http->stop_fd >= 0)
        close(http->stop_fd);
    free(http->page_dir);
    free(http);
}
