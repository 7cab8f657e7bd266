/* The XML that S3 servers answer with, as two kinds of events: leaves ("Contents", "Key",
 * "a/b.jpg") and the ends of other elements. Documents with a DTD are refused, so no entity can
 * blow them up.
 * Threads: safe; there is no state.
 */
#ifndef PC_BLOBS_S3_XML_H
#define PC_BLOBS_S3_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pc_s3_xml_handler {
    /* An element that holds text only, and its parent. Names have no namespace prefix. */
    void (*leaf)(void *ctx, const char *parent, const char *name, const char *text);
    void (*end)(void *ctx, const char *name); /* an element that holds elements; may be NULL */
    void *ctx;
};

/* False when the text is not well-formed XML, which may be known after some calls only. */
bool pc_s3_xml_parse(const char *text, size_t len, const struct pc_s3_xml_handler *handler);
/* "2026-11-22T10:15:30.123Z" as milliseconds since 1970; -1 for any other form. */
int64_t pc_s3_parse_time_ms(const char *text);

#endif
