/* Reader of a JSON body whose one large member is a picture: {"imageData": "data:...;base64,..."}.
 *
 * The characters of a top-level string member named imageData go to a sink as they come; the rest
 * of the text, with that string left empty, is kept (at most 64 KiB) and parsed strictly at the
 * end. So a picture of 50 MiB passes through without being held. Within that string only the escape
 * \/ is taken: base64 has no use for others.
 *
 * Ownership: the reader owns its text; the caller's struct. Threads: one reader, one thread.
 */
#ifndef PC_HTTP_BODY_JSON_BODY_H
#define PC_HTTP_BODY_JSON_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"

/* Decoded bytes of the picture. */
typedef enum pc_code (*pc_json_body_sink)(void *ctx, const void *data, size_t len,
                                          struct pc_err *err);

struct pc_json_body {
    pc_json_body_sink sink;
    void *ctx;
    struct pc_buf rest;
    int depth;
    bool object;   /* the text is an object */
    bool key_next; /* at depth 1: the next string is a key */
    bool in_string, in_key, escaped;
    bool is_image;   /* the last key was imageData */
    bool diverting;  /* inside its string */
    bool image_seen; /* a string of that name came */
    char key[16];
    size_t key_len;
    char prefix[128]; /* "data:image/jpeg;base64," while it comes */
    size_t prefix_len;
    bool prefix_done;
    struct pc_base64_decoder decoder;
};

void pc_json_body_init(struct pc_json_body *j, pc_json_body_sink sink, void *ctx);
void pc_json_body_finish(struct pc_json_body *j);
PC_NODISCARD enum pc_code pc_json_body_feed(struct pc_json_body *j, const char *text, size_t len,
                                            struct pc_err *err);
/* The body is over: gives *out, an object without imageData. bad_json otherwise. */
PC_NODISCARD enum pc_code pc_json_body_end(struct pc_json_body *j, json_t **out,
                                           struct pc_err *err);

/* A whole JSON text, strictly: UTF-8, no duplicate keys, nothing behind it. Gives *out. */
PC_NODISCARD enum pc_code pc_json_body_parse(const char *text, size_t len, json_t **out,
                                             struct pc_err *err);

#endif
