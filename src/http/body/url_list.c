#include "http/body/url_list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/str.h"
#include "http/body/json_body.h"

void pc_http_url_list_init(struct pc_http_url_list *list, int max)
{
    *list = (struct pc_http_url_list){.max = max};
}

void pc_http_url_list_finish(struct pc_http_url_list *list)
{
    free(list->items);
    pc_arena_finish(&list->arena);
    *list = (struct pc_http_url_list){0};
}

static enum pc_code append(struct pc_http_url_list *list, const char *url, const char *sku,
                           const char *label, int line, struct pc_err *err)
{
    if (list->n == list->max)
        return pc_fail(err, PC_E_BATCH_TOO_LARGE, "A batch takes at most %d URLs.", list->max);
    if (list->n == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 64;
        list->items = pc_xrealloc(list->items, (size_t)list->cap * sizeof *list->items);
    }
    list->items[list->n++] = (struct pc_submit_line){
        .url = pc_arena_strdup(&list->arena, url),
        .sku = sku && *sku ? pc_arena_strdup(&list->arena, sku) : "",
        .label = label && *label ? pc_arena_strdup(&list->arena, label) : "",
        .line = line,
    };
    return PC_OK;
}

static enum pc_code check_text(const char **text, size_t *len, struct pc_err *err)
{
    if (*len >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
        *text += 3;
        *len -= 3;
    }
    if (!pc_str_is_utf8(*text, *len))
        return pc_fail(err, PC_E_BAD_REQUEST, "The text is not UTF-8; save it as UTF-8.");
    return PC_OK;
}

enum pc_code pc_http_url_list_read_text(struct pc_http_url_list *list, const char *text, size_t len,
                                        struct pc_err *err)
{
    enum pc_code rc = check_text(&text, &len, err);
    struct pc_buf row = PC_BUF_INIT;
    for (int line = 1; len && !rc; line++) {
        const char *lf = memchr(text, '\n', len);
        size_t n = lf ? (size_t)(lf - text) : len;
        pc_buf_clear(&row);
        pc_buf_append(&row, text, n);
        const char *url = n ? pc_str_trim(row.data) : "";
        if (*url)
            rc = append(list, url, NULL, NULL, line, err);
        n += lf != NULL;
        text += n;
        len -= n;
    }
    pc_buf_finish(&row);
    return rc;
}

/* --- CSV --- */

enum { MAX_COLUMNS = 64 };

struct csv {
    const char *at, *end;
    char separator;
    int line; /* of at */
    struct pc_buf row;
    size_t starts[MAX_COLUMNS]; /* of each field in row, NUL-terminated there */
    int columns;
};

static enum pc_code quoted_field(struct csv *c, struct pc_err *err)
{
    int began = c->line;
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            if (c->at + 1 == c->end || c->at[1] != '"') {
                c->at++;
                return PC_OK;
            }
            c->at++;
        }
        c->line += *c->at == '\n';
        pc_buf_putc(&c->row, *c->at);
    }
    return pc_fail(err, PC_E_BAD_CSV, "The quote that opens in line %d is never closed.", began);
}

static bool field_ends(const struct csv *c)
{
    return c->at == c->end || *c->at == c->separator || *c->at == '\n' ||
           (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n');
}

static enum pc_code field(struct csv *c, struct pc_err *err)
{
    if (c->columns == MAX_COLUMNS)
        return pc_fail(err, PC_E_BAD_CSV, "Line %d has more than %d columns.", c->line,
                       MAX_COLUMNS);
    c->starts[c->columns++] = c->row.len;
    if (c->at < c->end && *c->at == '"') {
        enum pc_code rc = quoted_field(c, err);
        if (rc)
            return rc;
        if (!field_ends(c))
            return pc_fail(err, PC_E_BAD_CSV, "Line %d has text after a closing quote.", c->line);
    }
    for (; !field_ends(c); c->at++)
        pc_buf_putc(&c->row, *c->at);
    pc_buf_putc(&c->row, 0);
    return PC_OK;
}

/* Reads one row into c->row; *line is where it begins. */
static enum pc_code read_row(struct csv *c, int *line, struct pc_err *err)
{
    *line = c->line;
    c->columns = 0;
    pc_buf_clear(&c->row);
    for (;;) {
        enum pc_code rc = field(c, err);
        if (rc)
            return rc;
        if (c->at == c->end)
            return PC_OK;
        if (*c->at++ == c->separator)
            continue;
        c->at += c->at[-1] == '\r';
        c->line++;
        return PC_OK;
    }
}

static char *column(struct csv *c, int i)
{
    return i >= 0 && i < c->columns ? pc_str_trim(c->row.data + c->starts[i]) : NULL;
}

static int find_column(struct csv *c, const char *name)
{
    for (int i = 0; i < c->columns; i++)
        if (strcasecmp(column(c, i), name) == 0)
            return i;
    return -1;
}

static enum pc_code csv_rows(struct csv *c, struct pc_http_url_list *list, struct pc_err *err)
{
    int line;
    enum pc_code rc = read_row(c, &line, err);
    if (rc)
        return rc;
    int url = find_column(c, "url"), sku = find_column(c, "sku"), label = find_column(c, "label");
    if (url < 0)
        return pc_fail(err, PC_E_BAD_CSV, NULL);
    while (!rc && c->at < c->end) {
        rc = read_row(c, &line, err);
        bool blank = true;
        for (int i = 0; i < c->columns; i++)
            blank = blank && !*column(c, i);
        if (rc || blank)
            continue;
        const char *text = column(c, url);
        rc = append(list, text ? text : "", column(c, sku), column(c, label), line, err);
    }
    return rc;
}

enum pc_code pc_http_url_list_read_csv(struct pc_http_url_list *list, const char *text, size_t len,
                                       struct pc_err *err)
{
    enum pc_code rc = check_text(&text, &len, err);
    if (rc)
        return rc;
    struct csv c = {.at = text, .end = text + len, .line = 1, .separator = ','};
    for (size_t i = 0; i < len && text[i] != '\n'; i++)
        if (strchr(",;\t", text[i])) {
            c.separator = text[i];
            break;
        }
    rc = csv_rows(&c, list, err);
    pc_buf_finish(&c.row);
    return rc;
}

/* --- JSON --- */

enum pc_code pc_http_url_list_read_json(struct pc_http_url_list *list, const json_t *body,
                                        struct pc_err *err)
{
    const json_t *urls = pc_json_optional(body, "imageUrls");
    const json_t *other = pc_json_optional(body, "urls");
    if (!json_is_array(urls))
        urls = other;
    if (!json_is_array(urls) || (other && other != urls))
        return pc_fail(err, PC_E_BAD_JSON, "Give the URLs as a list named imageUrls.");
    enum pc_code rc = PC_OK;
    for (size_t i = 0; i < json_array_size(urls) && !rc; i++) {
        const char *url = json_string_value(json_array_get(urls, i));
        rc = append(list, url ? url : "", NULL, NULL, (int)i + 1, err);
    }
    return rc;
}
