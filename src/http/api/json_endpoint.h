/* Routes whose response is JSON from one call of the service, on the executor. This is a whole
 * route:
 *
 *     static enum pc_code limits(struct pc_json_call *call, struct pc_service *svc,
 *                                struct pc_err *err)
 *     {
 *         call->response = pc_encode_limits(svc);
 *         return PC_OK;
 *     }
 *
 *     const struct pc_handler pc_handler_limits = {
 *         PC_JSON_ENDPOINT(.run = limits, .pool = PC_POOL_READ)};
 *
 * One with a JSON body finds it, complete and parsed, in call->body:
 *
 *     const struct pc_handler pc_handler_recut = {
 *         PC_JSON_BODY, PC_JSON_ENDPOINT(.run = recut, .pool = PC_POOL_BULK)};
 *
 * Threads: run on a thread of the pool, where it touches call and svc only; all else on the loop's.
 */
#ifndef PC_HTTP_API_JSON_ENDPOINT_H
#define PC_HTTP_API_JSON_ENDPOINT_H

#include <jansson.h>

#include "http/executor.h"
#include "http/handler.h"

struct pc_json_call { /* one request */
    struct pc_task task;
    int64_t id;       /* the {id} of the path, where there is one */
    json_t *body;     /* owned; NULL without a body. run validates it (bad_json) */
    void *more;       /* what else run needs, set by prepare; owned, freed with free() */
    int status;       /* the endpoint's; prepare and run may set another */
    json_t *response; /* run gives it; NULL after PC_OK: 204, without a body */
};

struct pc_json_endpoint {
    enum pc_executor_pool pool; /* PC_POOL_READ when left out */
    int status;                 /* 200 when left out */
    enum pc_code (*run)(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err);
    /* May be NULL. Reads what else the request says, before run. */
    enum pc_code (*prepare)(struct pc_request *r, struct pc_json_call *call);
    /* May be NULL. Called after run. True: it suspended the request, and the handler's end will be
     * called again. */
    bool (*suspend)(struct pc_request *r, const struct pc_json_call *call);
};

/* Members of a handler: end and json. */
#define PC_JSON_ENDPOINT(...)                                                                      \
    .end = pc_json_endpoint_end, .json = &(const struct pc_json_endpoint)                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
/* Members of a handler that has a JSON body, of 64 KiB at most unless it sets max_body. */
#define PC_JSON_BODY                                                                               \
    .begin = pc_json_endpoint_begin, .body = pc_json_endpoint_body,                                \
    .free_state = pc_json_endpoint_free_state

enum pc_code pc_json_endpoint_begin(struct pc_request *r);
enum pc_code pc_json_endpoint_body(struct pc_request *r, const char *data, size_t len);
enum pc_code pc_json_endpoint_end(struct pc_request *r);
void pc_json_endpoint_free_state(struct pc_request *r);

#endif
