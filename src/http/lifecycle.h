/* The life of connections and requests: the callbacks that libmicrohttpd calls, from the connection
 * to the end of each response, and the end of those that are too slow.
 *
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_LIFECYCLE_H
#define PC_HTTP_LIFECYCLE_H

#include "http/request.h"

struct pc_lifecycle { /* the context (cls) of all callbacks */
    const struct pc_http_context *http;
    struct pc_connection *connections; /* all that are open */
};

/* Aborts the connections that are too slow; to be called a few times a second. */
void pc_lifecycle_sweep(struct pc_lifecycle *life, int64_t now_ms);
/* The request became a WebSocket client: frees it, keeps the connection. */
void pc_lifecycle_detach_request(struct pc_connection *connection);

/* For MHD_OPTION_NOTIFY_CONNECTION, MHD_OPTION_URI_LOG_CALLBACK, the access handler, and
 * MHD_OPTION_NOTIFY_COMPLETED, in the order in which they are called. */
void pc_lifecycle_on_connection(void *cls, struct MHD_Connection *mhd, void **state,
                                enum MHD_ConnectionNotificationCode what);
void *pc_lifecycle_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result pc_lifecycle_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                        const char *method, const char *version, const char *data,
                                        size_t *size, void **state);
void pc_lifecycle_on_completed(void *cls, struct MHD_Connection *mhd, void **state,
                               enum MHD_RequestTerminationCode why);

#endif
