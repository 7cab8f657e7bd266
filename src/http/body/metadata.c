#include "http/body/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "http/body/json_body.h"
#include "http/body/text.h"

enum { MAX_NAME = 255, MAX_OTHER = 128 };

static const char low[] = "low";

const char *const pc_metadata_query_fields[] = {"name", "sku", "label", "batch", "priority", NULL};
const char *const pc_metadata_fields[] = {"name",     "sku",      "label", "batch",
                                          "priority", "imageUrl", NULL};

void pc_metadata_finish(struct pc_metadata *m)
{
    free(m->name);
    free(m->sku);
    free(m->label);
    free(m->batch);
    free(m->priority);
    free(m->url);
    *m = (struct pc_metadata){0};
}

/* Bytes of the first max characters of UTF-8 text. */
static size_t first_chars(const char *text, size_t len, int max)
{
    size_t at = 0;
    for (int chars = 0; at < len; at++)
        if (((unsigned char)text[at] & 0xc0) != 0x80 && chars++ == max)
            break;
    return at;
}

enum pc_code pc_metadata_set(struct pc_metadata *m, const char *field, const char *text, size_t len,
                             struct pc_err *err)
{
    char **const fields[] = {&m->name, &m->sku, &m->label, &m->batch, &m->priority, &m->url};
    int i = 0;
    while (pc_metadata_fields[i] && strcmp(field, pc_metadata_fields[i]) != 0)
        i++;
    if (!pc_metadata_fields[i])
        return PC_OK;
    if (!pc_str_is_utf8(text, len))
        return pc_fail(err, PC_E_BAD_REQUEST, "The field %s is not UTF-8 text.", field);
    bool is_name = fields[i] == &m->name, is_url = fields[i] == &m->url;
    size_t fits = is_url ? len : first_chars(text, len, is_name ? MAX_NAME : MAX_OTHER);
    if (fits < len && !is_name)
        return pc_fail(err, PC_E_BAD_REQUEST, "The field %s has more than %d characters.", field,
                       MAX_OTHER);
    bool is_priority = len == 0 || (len == 3 && memcmp(text, low, len) == 0) ||
                       (len == 4 && memcmp(text, "high", len) == 0);
    if (fields[i] == &m->priority && !is_priority)
        return pc_fail(err, PC_E_BAD_REQUEST, "The field priority is \"high\" or \"low\".");
    free(*fields[i]);
    *fields[i] = pc_xstrndup(text, fits);
    if (is_url) {
        char *url = pc_text_trim(m->url);
        memmove(m->url, url, strlen(url) + 1);
        if (!*m->url) {
            free(m->url);
            m->url = NULL;
        }
    }
    return PC_OK;
}

enum pc_code pc_metadata_set_json(struct pc_metadata *m, const json_t *body, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    if (!json_is_object(body))
        return pc_fail(err, PC_E_BAD_JSON, "The JSON must be an object.");
    for (int i = 0; pc_metadata_fields[i] && !rc; i++) {
        const json_t *value = pc_json_optional(body, pc_metadata_fields[i]);
        if (value && !json_is_string(value))
            return pc_fail(err, PC_E_BAD_JSON, "%s must be a string.", pc_metadata_fields[i]);
        if (value)
            rc = pc_metadata_set(m, pc_metadata_fields[i], json_string_value(value),
                                 json_string_length(value), err);
    }
    return rc;
}

struct pc_submission pc_metadata_submission(const struct pc_metadata *m)
{
    return (struct pc_submission){
        .url = m->url,
        .name = m->name,
        .sku = m->sku,
        .label = m->label,
        .batch = m->batch,
        .priority = pc_str_eq(m->priority, low) ? PC_PRIORITY_BULK : PC_PRIORITY_SINGLE,
    };
}
