/* Readers of JSON bodies.
 *
 * pc_json_body reads a body that may hold one large image:
 *
 *     {"imageData": "base64, alone or as data:image/...;base64,...", ...}
 *
 * The characters of the top-level string imageData are decoded and go to a sink as they arrive; the
 * rest of the text, with that string left empty, is kept (64 KiB at most) and parsed strictly at
 * the end. So an image of 50 MiB passes through without being held in memory. Whatever JSON allows
 * is understood: every escape, in the string as in its key.
 *
 * In every body a byte order mark of UTF-8 is dropped, and an optional member that is null is
 * absent (pc_json_optional).
 *
 * Ownership: the caller owns the struct, the reader owns its text.
 * Threads: a reader belongs to one thread.
 */
#ifndef PC_HTTP_BODY_JSON_BODY_H
#define PC_HTTP_BODY_JSON_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"

/* Takes the next bytes of the image. Its code, if not PC_OK, ends the reading. */
typedef enum pc_code (*pc_json_body_sink)(void *ctx, const void *data, size_t len,
                                          struct pc_err *err);

struct pc_json_body {
    pc_json_body_sink sink;
    void *ctx;
    struct pc_buf rest;
    int depth;
    bool object;   /* the text is an object */
    bool key_next; /* at depth 1: the next string is a key */
    bool in_string, in_key;
    int escape;      /* characters that an escape still lacks: 0 none, 5 the one after "\" */
    unsigned code;   /* of an escape \uXXXX, as far as it came */
    bool diverting;  /* inside the string imageData */
    bool image_seen; /* there was a string of that name */
    bool has_image;  /* and it was not blank */
    char key[64];    /* the last one of the top level, its escapes undone; cut to fit */
    size_t key_len, value_at; /* value_at: where its value begins in rest */
    char prefix[128];         /* "data:image/jpeg;base64,", as it arrives, without white space */
    size_t prefix_len;
    bool prefix_done;
    struct pc_base64_decoder decoder;
    char gathered[4096]; /* characters of the image that are not decoded yet, escapes undone */
    size_t n_gathered;
};

/* Zeroes j: reading may begin. finish frees what it holds. */
void pc_json_body_init(struct pc_json_body *j, pc_json_body_sink sink, void *ctx);
void pc_json_body_finish(struct pc_json_body *j);
/* bad_json; body_too_large; url_scheme when an image was put into imageUrl. */
PC_NODISCARD enum pc_code pc_json_body_feed(struct pc_json_body *j, const char *text, size_t len,
                                            struct pc_err *err);
/* The body is over. Gives *out, the object without imageData; bad_json otherwise. */
PC_NODISCARD enum pc_code pc_json_body_end(struct pc_json_body *j, json_t **out,
                                           struct pc_err *err);

/* Parses a whole JSON text, of any type, strictly: UTF-8, no duplicate keys, nothing after it. Gives *out;
 * bad_json otherwise, with the reason, line and column. */
PC_NODISCARD enum pc_code pc_json_body_parse(const char *text, size_t len, json_t **out,
                                             struct pc_err *err);

/* The member of an object, borrowed; NULL when it is absent or null, or object is no object. Every
 * optional member is read with it. json_object_get is for the few in which null means something
 * else than nothing: a box to clear, recipes to undo. */
json_t *pc_json_optional(const json_t *object, const char *name);
/* bad_json when the object has a member that is not among names (NULL-terminated). */
PC_NODISCARD enum pc_code pc_json_only_members(const json_t *object, const char *const *names,
                                               struct pc_err *err);

#endif
