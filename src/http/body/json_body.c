#include "http/body/json_body.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "http/body/text.h"

enum { MAX_REST = 64 * 1024, CHUNK = 4096, AFTER_BACKSLASH = 5 };

static const char image_key[] = "imageData", url_key[] = "imageUrl", scheme[] = "data:";

void pc_json_body_init(struct pc_json_body *j, pc_json_body_sink sink, void *ctx)
{
    *j = (struct pc_json_body){.sink = sink, .ctx = ctx};
}

void pc_json_body_finish(struct pc_json_body *j)
{
    pc_buf_finish(&j->rest);
}

json_t *pc_json_optional(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

enum pc_code pc_json_only_members(const json_t *object, const char *const *names,
                                  struct pc_err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        const char *const *at = names;
        while (*at && strcmp(*at, key) != 0)
            at++;
        if (!*at) {
            char shown[64] = "";
            memcpy(shown, key, strnlen(key, sizeof shown - 1));
            pc_str_drop_partial_utf8(shown);
            return pc_fail(err, PC_E_BAD_JSON, "There is no member '%s' here.", shown);
        }
    }
    return PC_OK;
}

/* --- strings --- */

enum { INCOMPLETE = -1, NO_ESCAPE = -2 };

/* Takes the next character of a string, as written. Returns the one that it stands for (0xff for all
 * beyond ASCII that an escape names), INCOMPLETE within an escape, NO_ESCAPE when JSON knows no
 * such escape. */
static int unescape(struct pc_json_body *j, char c)
{
    static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
    static const char digits[] = "0123456789abcdef";
    if (j->escape == 0) {
        j->escape = c == '\\' ? AFTER_BACKSLASH : 0;
        return j->escape ? INCOMPLETE : (unsigned char)c;
    }
    if (j->escape == AFTER_BACKSLASH) {
        const char *at = c ? strchr(names, c) : NULL;
        j->escape = c == 'u' ? 4 : 0;
        j->code = 0;
        return j->escape ? INCOMPLETE : at ? (unsigned char)chars[at - names] : NO_ESCAPE;
    }
    char lower = c >= 'A' && c <= 'F' ? (char)(c | 0x20) : c;
    const char *digit = c ? strchr(digits, lower) : NULL;
    if (!digit) {
        j->escape = 0;
        return NO_ESCAPE;
    }
    j->code = j->code * 16 + (unsigned)(digit - digits);
    if (--j->escape)
        return INCOMPLETE;
    return j->code < 0x80 ? (int)j->code : 0xff;
}

static bool key_is(const struct pc_json_body *j, const char *key)
{
    return j->key_len == strlen(key) && memcmp(j->key, key, j->key_len) == 0;
}

/* --- the image --- */

static enum pc_code decode(struct pc_json_body *j, const char *text, size_t len, struct pc_err *err)
{
    unsigned char out[CHUNK];
    while (len) {
        size_t n = len < CHUNK ? len : CHUNK, got;
        if (!pc_base64_decode(&j->decoder, text, n, out, &got))
            return pc_fail(err, PC_E_BAD_JSON,
                           "The base64 of imageData is not valid: it has a "
                           "foreign character or goes on after its padding.");
        enum pc_code rc = got ? j->sink(j->ctx, out, got, err) : PC_OK;
        if (rc)
            return rc;
        text += n;
        len -= n;
    }
    return PC_OK;
}

static enum pc_code bad_prefix(struct pc_err *err)
{
    return pc_fail(err, PC_E_BAD_JSON,
                   "imageData must be base64, or a data URL that begins with "
                   "data:image/...;base64, and goes on with base64.");
}

static bool prefix_valid(const char *prefix, size_t len)
{
    static const char base64[] = ";base64";
    return len >= sizeof scheme + sizeof base64 - 2 &&
           strncasecmp(prefix + len - (sizeof base64 - 1), base64, sizeof base64 - 1) == 0;
}

/* Is what has been read of the string the beginning of a data URL, or may it still become one? */
static bool may_be_data_url(const struct pc_json_body *j)
{
    size_t n = j->prefix_len < sizeof scheme - 1 ? j->prefix_len : sizeof scheme - 1;
    return strncasecmp(j->prefix, scheme, n) == 0;
}

/* Characters of the imageData string, escapes undone. */
static enum pc_code image_text(struct pc_json_body *j, const char *text, size_t len,
                               struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    for (; len && !j->prefix_done && !rc; text++, len--) {
        if (*text == ',') {
            if (!prefix_valid(j->prefix, j->prefix_len))
                return bad_prefix(err);
            j->prefix_done = true;
        } else if (!strchr(" \t\r\n\f", *text) || !*text) {
            if (*text < ' ' || *text > '~' || j->prefix_len == sizeof j->prefix)
                return bad_prefix(err);
            j->prefix[j->prefix_len++] = *text;
            j->prefix_done = !may_be_data_url(j);
            if (j->prefix_done)
                rc = decode(j, j->prefix, j->prefix_len, err);
        }
    }
    return rc ? rc : decode(j, text, len, err);
}

/* Gathers characters of the imageData string, so that the sink gets large pieces also where every
 * other character is an escape. */
static enum pc_code gather(struct pc_json_body *j, const char *text, size_t len, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    while (len && !rc) {
        size_t room = sizeof j->gathered - j->n_gathered, n = len < room ? len : room;
        memcpy(j->gathered + j->n_gathered, text, n);
        j->n_gathered += n;
        text += n;
        len -= n;
        if (j->n_gathered == sizeof j->gathered) {
            rc = image_text(j, j->gathered, j->n_gathered, err);
            j->n_gathered = 0;
        }
    }
    return rc;
}

static enum pc_code end_image(struct pc_json_body *j, struct pc_err *err)
{
    unsigned char out[2];
    size_t got;
    j->diverting = j->in_string = false;
    pc_buf_putc(&j->rest, '"');
    enum pc_code rc = image_text(j, j->gathered, j->n_gathered, err);
    if (rc)
        return rc;
    j->has_image = j->prefix_len || j->prefix_done;
    if (!j->has_image)
        return PC_OK;
    if (!j->prefix_done && j->prefix_len >= sizeof scheme - 1)
        return bad_prefix(err);
    if (!j->prefix_done) /* "d", "da", "dat" or "data" */
        rc = decode(j, j->prefix, j->prefix_len, err);
    if (rc)
        return rc;
    if (!pc_base64_decode_end(&j->decoder, out, &got))
        return pc_fail(err, PC_E_BAD_JSON, "The base64 of imageData is cut short.");
    return got ? j->sink(j->ctx, out, got, err) : PC_OK;
}

/* Consumes the imageData string up to a quote, or one character of an escape; *used says how much.
 */
static enum pc_code divert(struct pc_json_body *j, const char *text, size_t len, size_t *used,
                           struct pc_err *err)
{
    size_t n = 0;
    while (!j->escape && n < len && (unsigned char)text[n] >= ' ' && text[n] != '"' &&
           text[n] != '\\')
        n++;
    if (n) {
        *used = n;
        return gather(j, text, n, err);
    }
    *used = 1;
    if (!j->escape && *text == '"')
        return end_image(j, err);
    if ((unsigned char)*text < ' ')
        return pc_fail(err, PC_E_BAD_JSON,
                       "The body is not valid JSON: imageData has a bare line break or control "
                       "character; JSON writes them as escapes such as \\n.");
    int c = unescape(j, *text);
    if (c == NO_ESCAPE)
        return pc_fail(err, PC_E_BAD_JSON,
                       "The body is not valid JSON: imageData has an unknown escape.");
    char one = (char)c;
    return c == INCOMPLETE ? PC_OK : gather(j, &one, 1, err);
}

/* --- the rest --- */

static void string_char(struct pc_json_body *j, char c)
{
    if (c == '"' && !j->escape) {
        j->in_string = false;
        return;
    }
    int meant = unescape(j, c);
    if (j->in_key && meant >= 0 && j->key_len < sizeof j->key)
        j->key[j->key_len++] = (char)meant;
}

/* Follows the structure just far enough to know the top-level keys; the parser checks all of it
 * later. */
static enum pc_code structure_char(struct pc_json_body *j, char c, struct pc_err *err)
{
    bool top_level = j->object && j->depth == 1;
    if (c == '"') {
        j->in_string = true;
        j->in_key = top_level && j->key_next;
        if (j->in_key)
            j->key_len = 0;
        else if (top_level && key_is(j, image_key)) {
            if (j->image_seen)
                return pc_fail(err, PC_E_BAD_JSON, "imageData is given twice.");
            j->diverting = j->image_seen = true;
        }
    } else if (c == '{' || c == '[') {
        if (j->depth++ == 0)
            j->object = j->key_next = c == '{';
    } else if (c == '}' || c == ']') {
        j->depth--;
    } else if (top_level && (c == ',' || c == ':')) {
        j->key_next = c == ',';
        j->value_at = j->rest.len + 1;
    }
    return PC_OK;
}

/* The text beside the image is too long. Mostly that is an image in the wrong member. */
static enum pc_code too_long(const struct pc_json_body *j, struct pc_err *err)
{
    const char *value = pc_buf_text(&j->rest) + j->value_at;
    value += strspn(value, " \t\r\n\"");
    if (key_is(j, url_key) && strncasecmp(value, "data:", 5) == 0)
        return pc_fail(err, PC_E_URL_SCHEME, "imageUrl holds an image; send it as imageData.");
    return pc_fail(err, PC_E_BODY_TOO_LARGE,
                   "The JSON beside imageData has more than %d bytes; the last member was '%.*s'.",
                   MAX_REST, pc_str_is_utf8(j->key, j->key_len) ? (int)j->key_len : 0, j->key);
}

static enum pc_code check_encoding(const char *text, size_t len, struct pc_err *err)
{
    enum pc_text_encoding encoding = pc_text_encoding_of(text, len);
    if (encoding == PC_TEXT_UTF8)
        return PC_OK;
    return pc_fail(err, PC_E_BAD_JSON, "The body is %s; JSON is sent as UTF-8.",
                   encoding == PC_TEXT_UTF32 ? "UTF-32" : "UTF-16");
}

static enum pc_code rest_char(struct pc_json_body *j, char c, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    if (j->rest.len >= MAX_REST)
        return too_long(j, err);
    if (j->in_string)
        string_char(j, c);
    else
        rc = structure_char(j, c, err);
    pc_buf_putc(&j->rest, c);
    if (!rc && j->rest.len == 4)
        rc = check_encoding(j->rest.data, j->rest.len, err);
    return rc;
}

enum pc_code pc_json_body_feed(struct pc_json_body *j, const char *text, size_t len,
                               struct pc_err *err)
{
    while (len) {
        size_t used = 1;
        enum pc_code rc =
            j->diverting ? divert(j, text, len, &used, err) : rest_char(j, *text, err);
        if (rc)
            return rc;
        text += used;
        len -= used;
    }
    return PC_OK;
}

static const char *reason_of(const json_error_t *why)
{
    switch (json_error_code(why)) {
    case json_error_invalid_utf8: return ": it is not UTF-8 text";
    case json_error_duplicate_key: return ": a key occurs twice";
    case json_error_premature_end_of_input: return ": it ends too early";
    case json_error_end_of_input_expected: return ": something follows its end";
    case json_error_null_character: return ": it has a NUL character";
    case json_error_stack_overflow: return ": it is nested too deeply";
    default: return "";
    }
}

/* shortened: the text lacks the image, so its columns are not those of the body. */
static enum pc_code parse(const char *text, size_t len, bool shortened, json_t **out,
                          struct pc_err *err)
{
    json_error_t why;
    *out = NULL;
    enum pc_code rc = check_encoding(text, len, err);
    if (rc)
        return rc;
    size_t mark = pc_text_mark(text, len);
    *out = json_loadb(text + mark, len - mark, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (*out)
        return PC_OK;
    if (shortened)
        return pc_fail(err, PC_E_BAD_JSON, "The body is not valid JSON%s (line %d).",
                       reason_of(&why), why.line);
    return pc_fail(err, PC_E_BAD_JSON, "The body is not valid JSON%s (line %d, column %d).",
                   reason_of(&why), why.line, why.column);
}

enum pc_code pc_json_body_parse(const char *text, size_t len, json_t **out, struct pc_err *err)
{
    return parse(text, len, false, out, err);
}

enum pc_code pc_json_body_end(struct pc_json_body *j, json_t **out, struct pc_err *err)
{
    enum pc_code rc = parse(pc_buf_text(&j->rest), j->rest.len, j->image_seen, out, err);
    if (rc)
        return rc;
    const json_t *left = pc_json_optional(*out, image_key); /* "" where a string was diverted */
    if (!json_is_object(*out))
        rc = pc_fail(err, PC_E_BAD_JSON, "The body must be a JSON object.");
    else if (left && !json_is_string(left))
        rc = pc_fail(err, PC_E_BAD_JSON, "imageData must be a string.");
    json_object_del(*out, image_key);
    if (rc) {
        json_decref(*out);
        *out = NULL;
    }
    return rc;
}
