/* Records in MongoDB: the document of an image, both ways.
 *
 * {_id, seq, url, name, ..., status: "pending", shots: [{label, url, key, ...}], detail: "{...}"}:
 * the table in mongo_doc.c is all of it; docs/mongodb.md says it for operators. Two fields stand
 * there only to be sorted by: statusOrder and nameOrder. A field that is missing (a document of
 * another program) reads as empty. JSON is kept as sub-documents, but detail as
 * text; what MongoDB does not take
 * everywhere in a field's name ('.', '$', nothing at all) is written as %XX. Threads: pure
 * functions.
 */
#ifndef PC_RECORDS_MONGO_DOCUMENT_H
#define PC_RECORDS_MONGO_DOCUMENT_H

#include <mongoc/mongoc.h>

#include "records/driver.h"

/* Gives the document of r. */
bson_t *pc_mongo_encode_record(const struct pc_record *r);
/* Fills r (which was initialised) from a document. Its id is 0 when _id is no number. */
void pc_mongo_decode_record(const bson_t *doc, struct pc_record *r);
/* Each appends its fields to doc. */
void pc_mongo_put_shots(bson_t *doc, const struct pc_record_result *result);
void pc_mongo_put_detail(bson_t *doc, const struct pc_record_result *result);
void pc_mongo_put_edits(bson_t *doc, const struct pc_record_edits *edits);
void pc_mongo_put_decisions(bson_t *doc, const struct pc_record_decisions *decisions);
void pc_mongo_put_status(bson_t *doc, enum pc_record_status status);
/* Gives name in the form that it is sorted by: A-Z as a-z. */
char *pc_mongo_name_sort_key(const char *name);

#endif
