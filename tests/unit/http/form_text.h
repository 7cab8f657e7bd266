/* A form as a text: "[name|file|data]" for each part, "-" where it is no file. */
#ifndef PC_TESTS_HTTP_FORM_TEXT_H
#define PC_TESTS_HTTP_FORM_TEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "http/body/multipart.h"

/* The body is fed in pieces of step bytes; its boundary is "xx". Appends to out, also before an
 * error. */
PC_NODISCARD enum pc_code form_text(const void *body, size_t len, size_t step, struct pc_buf *out);

/* What writes it; ctx is the struct pc_buf. */
extern const struct pc_multipart_events form_text_events;

#endif
