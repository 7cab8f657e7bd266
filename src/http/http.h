/* The HTTP server: API, live updates, files and the page, on one loop thread.
 *
 * libmicrohttpd runs inside our own epoll loop, never on its internal epoll thread, which stalls at
 * some hundred connections. Handlers run on the loop thread and never wait: whatever asks a store,
 * syncs a disk, changes many images or draws runs on threads of the executor (executor.h), which
 * create starts and destroy joins. Requests that wait for an image are suspended
 * (live/long_poll.h), clients of /live are WebSockets (live/ws_hub.h).
 *
 * Ownership: create gives. Threads: create, run and destroy from one thread; pc_http_stop from any
 * thread or from a signal handler.
 */
#ifndef PC_HTTP_HTTP_H
#define PC_HTTP_HTTP_H

#include "base/err.h"
#include "service/service.h"

struct pc_http;

struct pc_http_options {
    const char *host;     /* address to bind to: "127.0.0.1", "0.0.0.0", "::1" */
    int port;             /* 0 picks a free one */
    const char *page_dir; /* the built page; "": there is none, and / says so */
};

/* Binds and listens. config: the address is in use, or none of this machine. */
PC_NODISCARD enum pc_code pc_http_create(struct pc_service *svc,
                                         const struct pc_http_options *options,
                                         struct pc_http **out, struct pc_err *err);
int pc_http_port(const struct pc_http *http);
/* Serves until pc_http_stop. Then it accepts no new connections, lets running responses end (for at
 * most grace_ms), closes WebSockets, and returns. */
void pc_http_run(struct pc_http *http, int64_t grace_ms);
void pc_http_stop(struct pc_http *http);
void pc_http_destroy(struct pc_http *http);

#endif
