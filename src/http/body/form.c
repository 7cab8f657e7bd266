#include "http/body/form.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/body/multipart.h"
#include "http/body/text.h"
#include "http/headers.h"

enum { MAX_FIELD = 16 * 1024, MAX_JSON = 64 * 1024, MAX_LISTED = 200, MAX_SHOWN = 60 };

enum kind { FIELD, FILE_PART, JSON_PART };

struct pc_form {
    pc_json_body_sink sink;
    void *ctx;
    struct pc_metadata *meta;
    struct pc_multipart *multipart;
    /* the part that is being read */
    enum kind kind;
    char *name, *file_name; /* file_name: NULL when it has none */
    bool windows_1252;
    bool has_bytes;
    struct pc_buf value;
    /* the form so far */
    char *file;          /* name of the one with bytes; NULL: there was none yet */
    char *empty_file;    /* name of one without bytes */
    struct pc_buf plain; /* names of the other parts, as in "'a', 'b'" */
};

/* --- kinds of parts --- */

/* Does the Content-Type, without its parameters, equal wanted, or begin with it if that ends with
 * "/"? */
static bool type_is(const char *type, const char *wanted)
{
    size_t n = strlen(wanted);
    return strncasecmp(type, wanted, n) == 0 &&
           (wanted[n - 1] == '/' || strchr("; \t", type[n]) != NULL); /* the NUL counts too */
}

static bool is_windows_1252(const char *type)
{
    char *charset = pc_header_param(type, "charset");
    bool is = charset &&
              (strcasecmp(charset, "iso-8859-1") == 0 || strcasecmp(charset, "windows-1252") == 0);
    free(charset);
    return is;
}

static enum pc_code begin_part(void *ctx, const struct pc_multipart_part *part, struct pc_err *err)
{
    struct pc_form *form = ctx;
    (void)err;
    const char *file = part->file_name ? part->file_name : "";
    bool bytes = type_is(part->type, "image/") || type_is(part->type, "application/octet-stream");
    /* A JSON part has no file name, or one that a library made up for it. Some clients give all
     * parts the type application/json, also an image. */
    bool json = type_is(part->type, "application/json") &&
                (!*file || strcmp(file, "blob") == 0 || pc_str_ends_ci(file, ".json"));
    form->kind = json ? JSON_PART : part->file_name || bytes ? FILE_PART : FIELD;
    free(form->name);
    free(form->file_name);
    form->name = pc_xstrdup(part->name);
    pc_text_shorten(form->name, MAX_SHOWN); /* no field of ours has such a name */
    form->file_name = pc_xstrdup(part->file_name);
    form->windows_1252 = is_windows_1252(part->type);
    form->has_bytes = false;
    pc_buf_clear(&form->value);
    return PC_OK;
}

/* --- the file --- */

static enum pc_code begin_file(struct pc_form *form, struct pc_err *err)
{
    const char *file = form->file_name ? form->file_name : "";
    char *shown = pc_xstrdup(*file ? file : form->name);
    pc_text_shorten(shown, MAX_SHOWN);
    if (form->file) {
        pc_fail(err, PC_E_BAD_REQUEST,
                "The form has two files, '%s' and '%s'. Send one image in one request.", form->file,
                shown);
        free(shown);
        return err->code;
    }
    form->has_bytes = true;
    form->file = shown;
    if (*file && !form->meta->name)
        return pc_metadata_set(form->meta, "name", file, strlen(file), err);
    return PC_OK;
}

static enum pc_code part_data(void *ctx, const void *data, size_t len, struct pc_err *err)
{
    struct pc_form *form = ctx;
    if (form->kind == FILE_PART) {
        enum pc_code rc = form->has_bytes ? PC_OK : begin_file(form, err);
        return rc ? rc : form->sink(form->ctx, data, len, err);
    }
    size_t most = form->kind == JSON_PART ? MAX_JSON : MAX_FIELD;
    if (form->value.len + len > most)
        return pc_fail(err, PC_E_BAD_REQUEST,
                       "The field '%s' has more than %zu bytes. An image needs a filename in the "
                       "Content-Disposition of its part.",
                       form->name, most);
    pc_buf_append(&form->value, data, len);
    return PC_OK;
}

/* --- fields --- */

static enum pc_code end_field(struct pc_form *form, struct pc_err *err)
{
    if (form->windows_1252) {
        struct pc_buf text = PC_BUF_INIT;
        pc_text_from_windows_1252(&text, pc_buf_text(&form->value), form->value.len);
        pc_buf_finish(&form->value);
        form->value = text;
    }
    return pc_metadata_set(form->meta, form->name, pc_buf_text(&form->value), form->value.len, err);
}

/* The part may be the value of one field: "A-1", 7 or null. */
static enum pc_code set_json(struct pc_form *form, const json_t *json, struct pc_err *err)
{
    if (pc_json_optional(json, "imageData"))
        return pc_fail(err, PC_E_BAD_JSON, "imageData belongs into a JSON body, not into a form.");
    if (json_is_object(json))
        return pc_metadata_set_json(form->meta, json, err);
    if (json_is_string(json))
        return pc_metadata_set(form->meta, form->name, json_string_value(json),
                               json_string_length(json), err);
    if (json_is_number(json))
        return pc_metadata_set(form->meta, form->name, pc_buf_text(&form->value), form->value.len,
                               err);
    if (json_is_null(json))
        return PC_OK;
    return pc_fail(err, PC_E_BAD_JSON, "It must be an object.");
}

static enum pc_code end_json(struct pc_form *form, struct pc_err *err)
{
    json_t *json = NULL;
    struct pc_err why = PC_ERR_INIT;
    enum pc_code rc = pc_json_body_parse(pc_buf_text(&form->value), form->value.len, &json, &why);
    if (!rc)
        rc = set_json(form, json, &why);
    json_decref(json);
    if (rc)
        return pc_fail(err, rc, "In the part '%s': %s", form->name, why.message);
    return PC_OK;
}

static enum pc_code end_part(void *ctx, struct pc_err *err)
{
    struct pc_form *form = ctx;
    if (form->kind == FILE_PART) {
        if (!form->has_bytes && form->file_name && *form->file_name) {
            free(form->empty_file);
            form->empty_file = pc_xstrdup(form->file_name);
            pc_text_shorten(form->empty_file, MAX_SHOWN);
        }
        return PC_OK;
    }
    if (form->plain.len < MAX_LISTED)
        pc_buf_printf(&form->plain, "%s'%s'", form->plain.len ? ", " : "", form->name);
    return form->kind == JSON_PART ? end_json(form, err) : end_field(form, err);
}

/* --- the form --- */

enum pc_code pc_form_create(const char *content_type, pc_json_body_sink sink, void *ctx,
                            struct pc_metadata *meta, struct pc_form **out, struct pc_err *err)
{
    static const struct pc_multipart_events events = {begin_part, part_data, end_part};
    struct pc_form *form = pc_xzalloc(sizeof *form);
    form->sink = sink;
    form->ctx = ctx;
    form->meta = meta;
    enum pc_code rc = pc_multipart_create(content_type, &events, form, &form->multipart, err);
    if (rc)
        pc_form_destroy(form);
    else
        *out = form;
    return rc;
}

void pc_form_destroy(struct pc_form *form)
{
    if (!form)
        return;
    pc_multipart_destroy(form->multipart);
    pc_buf_finish(&form->value);
    pc_buf_finish(&form->plain);
    free(form->name);
    free(form->file_name);
    free(form->file);
    free(form->empty_file);
    free(form);
}

enum pc_code pc_form_feed(struct pc_form *form, const char *data, size_t len, struct pc_err *err)
{
    return pc_multipart_feed(form->multipart, data, len, err);
}

enum pc_code pc_form_end(struct pc_form *form, struct pc_err *err)
{
    enum pc_code rc = pc_multipart_end(form->multipart, err);
    if (rc)
        return rc;
    if (form->file && form->meta->url)
        return pc_fail(err, PC_E_BAD_REQUEST, "Send a file or imageUrl, not both.");
    if (form->file || form->meta->url)
        return PC_OK;
    if (form->empty_file)
        return pc_fail(err, PC_E_BODY_EMPTY, "The file '%s' is empty.", form->empty_file);
    if (form->plain.len)
        return pc_fail(err, PC_E_BODY_EMPTY,
                       "The form has no file, only the fields %s. A file needs a filename in the "
                       "Content-Disposition of its part.",
                       pc_buf_text(&form->plain));
    return pc_fail(err, PC_E_BODY_EMPTY, "The form has no file.");
}
