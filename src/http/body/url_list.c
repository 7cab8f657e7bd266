#include "http/body/url_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "http/body/csv.h"
#include "http/body/json_body.h"
#include "http/body/text.h"

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

/* --- text --- */

/* Brings the text into UTF-8 without a byte order mark; *out is what it is read from, and may need
 * the memory of buf. */
static enum pc_code to_utf8(const char **text, size_t *len, struct pc_buf *buf, struct pc_err *err)
{
    if (*len >= 4 && (memcmp(*text, "PK\3\4", 4) == 0 || memcmp(*text, "\xd0\xcf\x11\xe0", 4) == 0))
        return pc_fail(err, PC_E_BAD_REQUEST, "This is a workbook; save its sheet as CSV.");
    enum pc_text_encoding encoding = pc_text_encoding_of(*text, *len);
    bool big = encoding == PC_TEXT_UTF16BE;
    if (encoding == PC_TEXT_UTF32 ||
        (encoding != PC_TEXT_UTF8 && !pc_text_from_utf16(buf, *text, *len, big)))
        return pc_fail(err, PC_E_BAD_REQUEST, "The text is not UTF-8; save it as UTF-8.");
    if (encoding != PC_TEXT_UTF8) {
        *text = pc_buf_text(buf);
        *len = buf->len;
    }
    size_t mark = pc_text_mark(*text, *len);
    *text += mark;
    *len -= mark;
    if (!pc_str_is_utf8(*text, *len))
        return pc_fail(err, PC_E_BAD_REQUEST, "The text is not UTF-8; save it as UTF-8.");
    return PC_OK;
}

static enum pc_code read_lines(struct pc_http_url_list *list, const char *text, size_t len,
                               struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    struct pc_buf row = PC_BUF_INIT;
    const char *end = text + len;
    for (int line = 1; text < end && !rc; line++) {
        const char *from = text;
        while (text < end && !pc_csv_line_end(text, end))
            text++;
        pc_buf_clear(&row);
        pc_buf_append(&row, from, (size_t)(text - from));
        pc_buf_putc(&row, 0);
        const char *url = pc_text_trim(row.data);
        if (*url && *url != '#')
            rc = append(list, url, NULL, NULL, line, err);
        text += text < end ? pc_csv_line_end(text, end) : 0;
    }
    pc_buf_finish(&row);
    return rc;
}

/* --- CSV --- */

enum { MAX_NAMES = 200 };

/* Why none of the columns, whose names are the row of csv, has the URLs. */
static enum pc_code no_url_column(struct pc_csv *csv, struct pc_err *err)
{
    struct pc_buf names = PC_BUF_INIT;
    for (int i = 0; i < csv->n_cells && names.len < MAX_NAMES; i++) {
        char *name = pc_xstrdup(pc_csv_cell(csv, i));
        pc_text_shorten(name, 60);
        pc_buf_printf(&names, "%s'%s'", i ? ", " : "", name);
        free(name);
    }
    bool is_data = strstr(pc_buf_text(&names), "://") != NULL;
    if (pc_csv_row_is_blank(csv))
        pc_fail(err, PC_E_BAD_CSV, "The CSV is empty.");
    else if (is_data)
        pc_fail(err, PC_E_BAD_CSV,
                "The first line of the CSV must name the columns, such as url,sku. It has: %s.",
                pc_buf_text(&names));
    else
        pc_fail(err, PC_E_BAD_CSV,
                "No column of the CSV is called url, or image URL, link and the like. It has: %s.",
                pc_buf_text(&names));
    pc_buf_finish(&names);
    return err->code;
}

static enum pc_code read_rows(struct pc_http_url_list *list, struct pc_csv *csv,
                              const struct pc_csv_header *header, struct pc_err *err)
{
    bool more = true;
    enum pc_code rc = PC_OK;
    list->url_column = pc_arena_strdup(&list->arena, pc_csv_cell(csv, header->url));
    while (!rc && more) {
        rc = pc_csv_next(csv, &more, err);
        const char *url = pc_csv_cell(csv, header->url);
        if (!rc && more && *url != '#' && !pc_csv_row_is_blank(csv))
            rc = append(list, url, pc_csv_cell(csv, header->sku), pc_csv_cell(csv, header->label),
                        csv->row_line, err);
    }
    return rc;
}

/* must_be_csv: a text without a column of URLs is an error, and not lines. */
static enum pc_code read_list(struct pc_http_url_list *list, const char *text, size_t len,
                              bool must_be_csv, struct pc_err *err)
{
    struct pc_buf buf = PC_BUF_INIT;
    struct pc_csv csv = {.at = NULL};
    struct pc_csv_header header = {-1, -1, -1};
    enum pc_code rc = to_utf8(&text, &len, &buf, err);
    if (!rc) {
        struct pc_err why = PC_ERR_INIT;
        enum pc_code csv_rc = pc_csv_open(&csv, text, len, &header, &why);
        if (!csv_rc && header.url >= 0)
            rc = read_rows(list, &csv, &header, err);
        else if (!must_be_csv)
            rc = read_lines(list, text, len, err);
        else if (csv_rc)
            rc = pc_fail(err, csv_rc, "%s", why.message);
        else
            rc = no_url_column(&csv, err);
    }
    pc_csv_finish(&csv);
    pc_buf_finish(&buf);
    return rc;
}

enum pc_code pc_http_url_list_read_text(struct pc_http_url_list *list, const char *text, size_t len,
                                        struct pc_err *err)
{
    return read_list(list, text, len, false, err);
}

enum pc_code pc_http_url_list_read_csv(struct pc_http_url_list *list, const char *text, size_t len,
                                       struct pc_err *err)
{
    return read_list(list, text, len, true, err);
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
        char *url = pc_xstrdup(json_string_value(json_array_get(urls, i)));
        rc = append(list, url ? pc_text_trim(url) : "", NULL, NULL, (int)i + 1, err);
        free(url);
    }
    return rc;
}
