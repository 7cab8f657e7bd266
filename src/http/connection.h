/* One connection of a client: its phase, its deadline, and its suspension while a request waits for
 * something.
 *
 * The library's own timeout counts idle time only, so deadlines are ours: lifecycle.c looks at all
 * connections a few times a second.
 *
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_CONNECTION_H
#define PC_HTTP_CONNECTION_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/loop.h"

enum pc_connection_phase {
    PC_PHASE_NEW,       /* connected, no request line yet */
    PC_PHASE_IDLE,      /* kept alive between requests */
    PC_PHASE_HEADER,    /* request line seen, headers not complete */
    PC_PHASE_BODY,      /* a body is coming, at a minimum rate */
    PC_PHASE_HANDLING,  /* the handler's turn: no deadline */
    PC_PHASE_RESPONSE,  /* a response is going out */
    PC_PHASE_DRAIN,     /* rejected in the middle of a body: the rest is read and dropped */
    PC_PHASE_SUSPENDED, /* its owner resumes it; or a WebSocket client */
    PC_PHASE_ABORTED,   /* shut down by us; the library will notice */
};

struct pc_request;

struct pc_connection {
    struct pc_connection *next, *prev; /* all connections of the server */
    struct pc_loop *loop;
    struct MHD_Connection *mhd;
    struct pc_request *request; /* owned; NULL between requests */
    int fd;                     /* the library's */
    enum pc_connection_phase phase;
    int64_t deadline_ms;         /* NEW, IDLE, HEADER, RESPONSE, DRAIN */
    struct pc_loop_watch *watch; /* while suspended: called when the client leaves; else NULL */
};

/* deadline_ms: 0 where the phase has none. */
void pc_connection_set_phase(struct pc_connection *connection, enum pc_connection_phase phase,
                             int64_t deadline_ms);
/* Suspends it; on_client_left is called when the client closes its side, until it is resumed. */
void pc_connection_suspend(struct pc_connection *connection, struct pc_loop_watch *on_client_left);
/* Stops calling on_client_left, because it is known that the client left. Does nothing if nobody
 * watches. */
void pc_connection_unwatch(struct pc_connection *connection);
/* The handler's end, or what waits for this connection, is called again. */
void pc_connection_resume(struct pc_connection *connection);
/* Shuts the socket down. */
void pc_connection_abort(struct pc_connection *connection);

#endif
