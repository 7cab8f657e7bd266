/* Requests that are answered with JSON from one call of the service, off the loop where that may
 * have to wait. All that a handler writes:
 *
 *     static enum pc_code run(struct pc_json_call *ask, struct pc_service *svc, struct pc_err *err)
 *     {
 *         return pc_service_retry(svc, ask->id, &ask->answer, err);
 *     }
 *
 *     static enum pc_code end(struct pc_request *r)
 *     {
 *         return pc_json_call(r, &(struct pc_json_call){.run = run, .task.pool = PC_POOL_STORE});
 *     }
 *
 *     const struct pc_handler pc_handler_retryImage = {.end = end};
 *
 * and with a JSON body, which comes whole and is parsed for run as ask->body:
 *
 *     const struct pc_handler pc_handler_recut = {PC_JSON_BODY, .end = end};
 *
 * run judges body (bad_json) and may borrow from it; it touches ask and svc only, on any thread.
 * Which pool: aside.h.
 */
#ifndef PC_HTTP_API_JSON_ENDPOINT_H
#define PC_HTTP_API_JSON_ENDPOINT_H

#include <jansson.h>

#include "http/executor.h"

struct pc_json_call {
    struct pc_task task; /* first; the caller sets pool at most */
    enum pc_code (*run)(struct pc_json_call *call, struct pc_service *svc, struct pc_err *err);
    /* May be NULL; asked before the answer goes out: true when it parked the request instead. */
    bool (*suspends)(struct pc_request *r, const struct pc_json_call *call);
    void *more;       /* what else run needs, or NULL; owned, freed with free() */
    int status;       /* of the answer; 0 = 200 */
    int64_t id;       /* filled: the {id} of the path, where there is one */
    json_t *body;     /* filled: owned; NULL without a body */
    json_t *response; /* run gives it; NULL after PC_OK: an answer without a body */
};

/* Copies draft, and asks. not_found when the {id} is none, bad_json. Takes draft->more. */
PC_NODISCARD enum pc_code pc_json_endpoint_submit(struct pc_request *r,
                                                  const struct pc_json_call *draft);

/* A list of 1 to max ids; bad_json else. Gives *ids, also after an error. */
PC_NODISCARD enum pc_code pc_selection_read_ids(const json_t *list, int max, const int64_t **ids,
                                                int *n, struct pc_err *err);

/* Which images a call is about, by the members of its body: ids, or those of a batch (NULL: of all)
 * behind an id. */
struct pc_selection {
    const int64_t *ids; /* owned by the caller also after an error; NULL: by batch and after */
    int n_ids;
    const char *batch; /* borrows from the body */
    int64_t after_id;
    bool dry_run;
};
/* bad_json, when body is no object, too. */
PC_NODISCARD enum pc_code pc_selection_read(const json_t *body, int max_ids,
                                            struct pc_selection *out, struct pc_err *err);

/* begin, body and drop of a handler; 64 KiB at most unless it sets max_body. */
#define PC_JSON_BODY                                                                               \
    .begin = pc_json_endpoint_begin, .body = pc_json_endpoint_body,                                \
    .free_state = pc_json_endpoint_free_state
enum pc_code pc_json_endpoint_begin(struct pc_request *r);
enum pc_code pc_json_endpoint_body(struct pc_request *r, const char *data, size_t len);
void pc_json_endpoint_free_state(struct pc_request *r);

/* One more piece of a body that is kept whole. All such bodies together are bounded:
 * too_many_connections. */
PC_NODISCARD enum pc_code pc_request_buffer_body(struct pc_request *r, struct pc_buf *text,
                                                 const char *data, size_t len);
/* Frees it. */
void pc_request_free_body(struct pc_request *r, struct pc_buf *text);

#endif
