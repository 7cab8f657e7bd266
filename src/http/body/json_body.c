#include "http/body/json_body.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

enum { MAX_REST = 64 * 1024, CHUNK = 4096 };

static const char image_key[] = "imageData";

void pc_json_body_init(struct pc_json_body *j, pc_json_body_sink sink, void *ctx)
{
    *j = (struct pc_json_body){.sink = sink, .ctx = ctx};
}

void pc_json_body_finish(struct pc_json_body *j)
{
    pc_buf_finish(&j->rest);
}

static enum pc_code bad_image(struct pc_err *err)
{
    return pc_fail(err, PC_E_BAD_JSON, "imageData must be data:image/...;base64,... and no more.");
}

static enum pc_code decode(struct pc_json_body *j, const char *text, size_t len, struct pc_err *err)
{
    unsigned char out[CHUNK];
    while (len) {
        size_t n = len < CHUNK ? len : CHUNK, got;
        if (!pc_base64_decode(&j->decoder, text, n, out, &got))
            return bad_image(err);
        enum pc_code rc = got ? j->sink(j->ctx, out, got, err) : PC_OK;
        if (rc)
            return rc;
        text += n;
        len -= n;
    }
    return PC_OK;
}

static bool prefix_valid(const char *prefix, size_t len)
{
    static const char data[] = "data:", base64[] = ";base64";
    return len >= sizeof data + sizeof base64 - 2 &&
           strncasecmp(prefix, data, sizeof data - 1) == 0 &&
           strncasecmp(prefix + len - (sizeof base64 - 1), base64, sizeof base64 - 1) == 0;
}

/* Characters of the imageData string. */
static enum pc_code image_text(struct pc_json_body *j, const char *text, size_t len,
                               struct pc_err *err)
{
    while (len && !j->prefix_done) {
        if (*text == ',') {
            if (!prefix_valid(j->prefix, j->prefix_len))
                return bad_image(err);
            j->prefix_done = true;
        } else if (*text <= ' ' || *text > '~' || j->prefix_len == sizeof j->prefix) {
            return bad_image(err);
        } else {
            j->prefix[j->prefix_len++] = *text;
        }
        text++;
        len--;
    }
    return decode(j, text, len, err);
}

static enum pc_code end_image(struct pc_json_body *j, struct pc_err *err)
{
    unsigned char out[2];
    size_t got;
    j->diverting = j->in_string = false;
    pc_buf_putc(&j->rest, '"');
    if (!j->prefix_done || !pc_base64_decode_end(&j->decoder, out, &got))
        return bad_image(err);
    return got ? j->sink(j->ctx, out, got, err) : PC_OK;
}

/* Consumes the imageData string up to a quote or backslash; *used says how much. */
static enum pc_code divert(struct pc_json_body *j, const char *text, size_t len, size_t *used,
                           struct pc_err *err)
{
    if (j->escaped) {
        j->escaped = false;
        *used = 1;
        return *text == '/' ? image_text(j, "/", 1, err) : bad_image(err);
    }
    size_t n = 0;
    while (n < len && text[n] != '"' && text[n] != '\\')
        n++;
    *used = n + (n < len);
    enum pc_code rc = image_text(j, text, n, err);
    if (rc || n == len)
        return rc;
    if (text[n] == '"')
        return end_image(j, err);
    j->escaped = true;
    return PC_OK;
}

static void string_char(struct pc_json_body *j, char c)
{
    if (j->escaped) {
        j->escaped = false;
    } else if (c == '\\') {
        j->escaped = true;
    } else if (c == '"') {
        j->in_string = false;
        if (j->in_key)
            j->is_image =
                j->key_len == sizeof image_key - 1 && memcmp(j->key, image_key, j->key_len) == 0;
        return;
    }
    if (j->in_key && j->key_len < sizeof j->key)
        j->key[j->key_len++] = c;
}

/* Follows the structure just far enough to know the top-level keys; the parser checks all of it
 * later. */
static void structure_char(struct pc_json_body *j, char c)
{
    if (c == '"') {
        bool top_level = j->object && j->depth == 1;
        j->in_string = true;
        j->in_key = top_level && j->key_next;
        j->key_len = 0;
        if (!j->in_key && top_level && j->is_image && !j->image_seen)
            j->diverting = j->image_seen = true;
    } else if (c == '{' || c == '[') {
        if (j->depth++ == 0)
            j->object = j->key_next = c == '{';
    } else if (c == '}' || c == ']') {
        j->depth--;
    } else if (j->depth == 1 && (c == ',' || c == ':')) {
        j->key_next = c == ',';
        if (c == ',')
            j->is_image = false;
    }
}

enum pc_code pc_json_body_feed(struct pc_json_body *j, const char *text, size_t len,
                               struct pc_err *err)
{
    while (len) {
        size_t used = 1;
        enum pc_code rc = PC_OK;
        if (j->diverting) {
            rc = divert(j, text, len, &used, err);
        } else {
            if (j->in_string)
                string_char(j, *text);
            else
                structure_char(j, *text);
            if (j->rest.len >= MAX_REST)
                rc = pc_fail(err, PC_E_BODY_TOO_LARGE, "The JSON beside the image is too long.");
            pc_buf_putc(&j->rest, *text);
        }
        if (rc)
            return rc;
        text += used;
        len -= used;
    }
    return PC_OK;
}

enum pc_code pc_json_body_parse(const char *text, size_t len, json_t **out, struct pc_err *err)
{
    json_error_t why;
    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    if (*out)
        return PC_OK;
    return pc_fail(err, PC_E_BAD_JSON, "The body is not valid JSON (line %d, column %d).", why.line,
                   why.column);
}

enum pc_code pc_json_body_end(struct pc_json_body *j, json_t **out, struct pc_err *err)
{
    enum pc_code rc = pc_json_body_parse(pc_buf_text(&j->rest), j->rest.len, out, err);
    if (rc)
        return rc;
    /* imageData that is no string, or whose key was written with escapes, did not go to the
     * sink. */
    json_t *left = json_object_get(*out, image_key);
    bool fits = json_is_object(*out) &&
                (!left || (j->image_seen && json_is_string(left) && !json_string_length(left)));
    if (fits) {
        json_object_del(*out, image_key);
        return PC_OK;
    }
    json_decref(*out);
    *out = NULL;
    return left ? bad_image(err) : pc_fail(err, PC_E_BAD_JSON, "The body must be a JSON object.");
}
