/* How responses leave. Every one carries X-Request-Id and X-Content-Type-Options, and Retry-After
 * if its status is 503 or 429. An error is
 *
 *     {"error": {"code", "message", "hint", "requestId"}}
 *
 * with the status that api/openapi.yaml gives its code.
 *
 * Functions that send return PC_OK when the response is queued.
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_RESPONSE_H
#define PC_HTTP_RESPONSE_H

#include <jansson.h>

#include "http/request.h"

/* Takes response. If it is NULL, because memory is short, returns the error of r->err, or internal.
 */
enum pc_code pc_response_send(struct pc_request *r, int status, struct MHD_Response *response);
enum pc_code pc_response_send_json(struct pc_request *r, int status, json_t *body); /* takes body */
/* Takes the bytes of text. type: NULL sets no Content-Type. */
enum pc_code pc_response_send_buf(struct pc_request *r, int status, const char *type,
                                  struct pc_buf *text);
enum pc_code pc_response_send_text(struct pc_request *r, int status, const char *type,
                                   const char *text);
/* Sends the error of r->err. rejected (takes, may be NULL): a second member of the body. */
enum pc_code pc_response_send_error(struct pc_request *r, json_t *rejected);
/* Writes the error of r->err to the socket at once: for a request whose body is not complete. */
void pc_response_send_raw(struct pc_request *r);

/* Give a response without a body, or with these bytes, which it takes. */
struct MHD_Response *pc_response_create_empty(void);
struct MHD_Response *pc_response_create_buf(struct pc_request *r, struct pc_buf *bytes);
/* Does nothing if response is NULL. */
void pc_response_set_header(struct MHD_Response *response, const char *name, const char *value);

#endif
