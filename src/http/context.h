/* The parts of a running server, as the code that serves a request reaches them: pointers only,
 * each part's fields are its own file's. server.c makes it; for all others it is read only.
 * Threads: the loop's thread; svc and config from any. */
#ifndef PC_HTTP_CONTEXT_H
#define PC_HTTP_CONTEXT_H

#include <stdbool.h>

#include "config/config.h"
#include "http/counters.h"
#include "service/service.h"

struct pc_http_context { /* borrows all */
    struct pc_service *svc;
    const struct pc_config *config;
    const char *page_dir;               /* "": there is no page */
    struct pc_http_counters *counters;  /* counters.h */
    struct pc_loop *loop;               /* loop.h */
    struct pc_executor *executor;       /* executor.h */
    struct pc_streams *streams;         /* stream.h */
    struct pc_change_feed *change_feed; /* live/change_feed.h */
    struct pc_long_polls *long_polls;   /* live/long_poll.h */
    struct pc_ws_hub *ws_hub;           /* live/ws_hub.h */
    bool loopback;                      /* bound to it: guard.h checks the Host */
    bool stopping;                      /* takes no new connections, ends what waits */
};

#endif
