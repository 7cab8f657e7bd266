/* Reader of a form with one image: the file's bytes go to a sink as they arrive, and the fields
 * into a struct pc_metadata.
 *
 * A part is a file when it has a file name, or the Content-Type of an image or of plain bytes. A
 * file of 0 bytes is ignored, because browsers send one for each file field that was left empty. A
 * part of application/json is read as fields: it is an object of fields, or the value of the field
 * that the part is named after.
 *
 * Errors: bad_request, bad_json, body_empty; and those of the sink.
 * Ownership: create gives; destroy takes NULL.
 * Threads: a reader belongs to one thread.
 */
#ifndef PC_HTTP_BODY_FORM_H
#define PC_HTTP_BODY_FORM_H

#include "http/body/json_body.h"
#include "http/body/metadata.h"

struct pc_form;

/* meta outlives the reader. Fields that it has already are replaced; its name is not replaced by
 * the name of the file, only by a field called name. */
PC_NODISCARD enum pc_code pc_form_create(const char *content_type, pc_json_body_sink sink,
                                         void *ctx, struct pc_metadata *meta, struct pc_form **out,
                                         struct pc_err *err);
PC_NODISCARD enum pc_code pc_form_feed(struct pc_form *form, const char *data, size_t len,
                                       struct pc_err *err);
/* The body is over. After PC_OK either the sink had bytes or meta->url is set. */
PC_NODISCARD enum pc_code pc_form_end(struct pc_form *form, struct pc_err *err);
void pc_form_destroy(struct pc_form *form);

#endif
