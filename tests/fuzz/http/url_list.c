/* Lists of URLs: the first byte says whether text, CSV or JSON follows. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/body/json_body.h"
#include "http/body/url_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum pc_code read_json(struct pc_http_url_list *list, const char *text, size_t len,
                              struct pc_err *err)
{
    json_t *root;
    enum pc_code rc = pc_json_body_parse(text, len, &root, err);
    if (rc)
        return rc;
    rc = pc_http_url_list_read_json(list, root, err);
    json_decref(root);
    return rc;
}

static void check(const struct pc_http_url_list *list, size_t bytes)
{
    size_t lines = bytes + 1, used = 0;
    for (int i = 0; i < list->n; i++) {
        const struct pc_submit_line *l = &list->items[i];
        used += strlen(l->url) + strlen(l->sku) + strlen(l->label);
        if (l->line < 1 || (size_t)l->line > lines || (i && l->line <= list->items[i - 1].line))
            abort();
    }
    if (used > bytes * 3 || list->n > list->max)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_http_url_list list;
    struct pc_err err = PC_ERR_INIT;
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    pc_http_url_list_init(&list, 50);
    enum pc_code rc = data[0] == 'c'   ? pc_http_url_list_read_csv(&list, text, size - 1, &err)
                      : data[0] == 'j' ? read_json(&list, text, size - 1, &err)
                                       : pc_http_url_list_read_text(&list, text, size - 1, &err);
    if (rc != err.code)
        abort();
    check(&list, size);
    pc_http_url_list_finish(&list);
    return 0;
}
