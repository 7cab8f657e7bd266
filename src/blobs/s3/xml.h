/* The XML that S3 servers answer with: what it says, as leaves ("Contents", "Key", "a/b.jpg") and
 * ends of elements. Documents with a DTD are refused, so no entity can grow.
 * Threads: safe; nothing is kept.
 */
#ifndef PC_BLOBS_S3_XML_H
#define PC_BLOBS_S3_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pc_s3_xml_handler {
    /* An element that holds text only, and the name of the one around it. Names without prefix. */
    void (*leaf)(void *ctx, const char *parent, const char *name, const char *text);
    void (*end)(void *ctx, const char *name); /* an element that holds elements; may be NULL */
    void *ctx;
};

/* False when the text is no well-formed XML; then some calls may have been made already. */
bool pc_s3_xml_parse(const char *text, size_t len, const struct pc_s3_xml_handler *to);
/* "2026-11-22T10:15:30.123Z" as milliseconds since 1970; -1 for another form. */
int64_t pc_s3_parse_time_ms(const char *text);

#endif
