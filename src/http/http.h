/* The HTTP server: API, live channel, files and page, on one loop thread.
 *
 * libmicrohttpd is driven from our own epoll loop (never by its internal epoll thread, which stalls
 * at some hundred connections). Handlers run on the loop thread and do not wait: what asks a store
 * across a network, syncs a disk, changes many images or draws runs on the server's side threads
 * (aside.h), which create starts and destroy joins. /image-status?wait= and /live are kept as
 * suspended or upgraded connections.
 *
 * Ownership: create gives. Threads: create, run and destroy from one thread; pc_http_stop from any
 * thread or a signal handler.
 */
#ifndef PC_HTTP_HTTP_H
#define PC_HTTP_HTTP_H

#include "base/err.h"
#include "service/service.h"

struct pc_http;

struct pc_http_options {
    const char *host;     /* address to bind: "127.0.0.1", "0.0.0.0", "::1" */
    int port;             /* 0 takes a free one */
    const char *page_dir; /* built page; "" = none: / answers a plain text that says so */
};

/* Binds and listens; config errors (address in use) come from here. */
PC_NODISCARD enum pc_code pc_http_create(struct pc_service *svc,
                                         const struct pc_http_options *options,
                                         struct pc_http **out, struct pc_err *err);
int pc_http_port(const struct pc_http *http);
/* Serves until pc_http_stop; then takes no new connections, lets running answers end (at most
 * grace_ms), closes live channels, and returns. */
void pc_http_run(struct pc_http *http, int64_t grace_ms);
void pc_http_stop(struct pc_http *http);
void pc_http_destroy(struct pc_http *http);

#endif
