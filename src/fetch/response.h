/* The response to one request of a fetch: takes in its headers and its body while they arrive, and
 * says what a complete one means. Private to this folder.
 *
 *     pc_fetch_response_begin(&r, as_sent);
 *     ... libcurl calls pc_fetch_response_header for each header line and _body for each piece ...
 *     rc = r.rc ? r.rc : pc_fetch_response_check(&r);
 *     pc_fetch_response_finish(&r);
 *
 * Ownership: handle, body and err are borrowed; finish frees the rest.
 * Threads: one at a time.
 */
#ifndef PC_FETCH_RESPONSE_H
#define PC_FETCH_RESPONSE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct pc_fetch_response {
    /* set by the caller, for all requests of a fetch */
    CURL *handle; /* knows the status */
    int64_t max_bytes;
    struct pc_buf *body; /* of an image */
    struct pc_err *err;

    /* of the current request */
    enum pc_code rc;  /* what ended it early; err is filled then. The caller may set it, too */
    bool as_sent;     /* the body is taken as it came, whatever Content-Encoding says */
    bool coded;       /* the headers name a coding */
    int layers;       /* of compression */
    bool whole_range; /* Content-Range says that a 206 has everything */
    int64_t bytes;    /* of the image, after decompression */
    int64_t discarded_bytes;
    struct pc_buf document; /* the beginning of a body that is no image */
};

/* Empties the response and its body before a request. */
void pc_fetch_response_begin(struct pc_fetch_response *r, bool as_sent);
void pc_fetch_response_finish(struct pc_fetch_response *r);

/* Take in a header line, or a piece of the body. False: the transfer has to end; when that is for
 * a reason to report, rc has it. */
bool pc_fetch_response_header(struct pc_fetch_response *r, const char *data, size_t len);
bool pc_fetch_response_body(struct pc_fetch_response *r, const char *data, size_t len);

/* The HTTP status, or 0 before there is one. */
int pc_fetch_response_status(const struct pc_fetch_response *r);
/* Is the body the image, by its status? */
bool pc_fetch_response_has_image(const struct pc_fetch_response *r);

/* fetch_empty, fetch_web_page or fetch_status when the body of a response that should have the
 * image is empty or is a document, whatever its Content-Type says. */
PC_NODISCARD enum pc_code pc_fetch_response_check(const struct pc_fetch_response *r);
/* Fills err for a status that brings no image, with the reason that the body names, if any.
 * Returns fetch_unavailable if another try may succeed, else fetch_status. */
enum pc_code pc_fetch_response_fail_status(const struct pc_fetch_response *r);
enum pc_code pc_fetch_response_fail_too_large(const struct pc_fetch_response *r);

#endif
