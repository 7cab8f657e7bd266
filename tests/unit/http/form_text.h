/* A form written as a text: "[name|file|data]" for each part, "-" as the file of a plain field. */
#ifndef PC_TESTS_HTTP_FORM_TEXT_H
#define PC_TESTS_HTTP_FORM_TEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "http/body/multipart.h"

/* Reads the body, whose boundary is "xx", in pieces of step bytes, and appends its text to out.
 * After an error out has what was read before. */
PC_NODISCARD enum pc_code form_text(const void *body, size_t len, size_t step, struct pc_buf *out);

/* Callbacks that write the text; ctx is the struct pc_buf. */
extern const struct pc_multipart_events form_text_events;

#endif
