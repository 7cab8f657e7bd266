/* What a body says that is a document instead of an image: a log-in page, or the error document of a
 * file store. Reads the beginning only. Pure; thread-safe. */
#ifndef PC_FETCH_DOCUMENT_H
#define PC_FETCH_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

enum pc_fetch_document {
    PC_FETCH_NO_DOCUMENT, /* an image perhaps; also SVG */
    PC_FETCH_WEB_PAGE,
    PC_FETCH_XML,
    PC_FETCH_JSON
};

enum { PC_FETCH_DOCUMENT_MAX = 8192 }; /* bytes that are looked at */

/* The kind of document that text begins as, whatever the Content-Type says. */
enum pc_fetch_document pc_fetch_document_kind(const char *text, size_t len);

/* Fills code with the error code that an XML or JSON document names, such as "AccessDenied" in
 * <Error><Code>AccessDenied</Code>... or in {"error": {"code": "AccessDenied"}}. False, and code is
 * "", if there is none or it is not one word of ASCII. */
bool pc_fetch_document_code(const char *text, size_t len, char *code, size_t cap);

/* Does the document say that something has expired, as file stores do of a signed link? */
bool pc_fetch_document_expired(const char *text, size_t len);

#endif
