/* Bodies of POST /process-batch: lists of URLs as text, CSV or JSON, each with its line. Pure.
 *
 * Text and CSV are UTF-8 or UTF-16, with or without a byte order mark; anything else is bad_request.
 * Lines end with LF, CR LF or CR. White space round a URL is dropped; blank lines, and those whose
 * URL begins with #, are skipped but counted. More URLs than max end the reading: batch_too_large.
 *
 * Ownership: a list owns its strings. Threads: a list belongs to one thread.
 */
#ifndef PC_HTTP_BODY_URL_LIST_H
#define PC_HTTP_BODY_URL_LIST_H

#include <jansson.h>

#include "base/mem.h"
#include "service/submit.h"

struct pc_http_url_list {
    struct pc_submit_line *items;
    int n, cap, max;
    const char *url_column; /* the name of the column that the URLs come from; NULL: no CSV */
    struct pc_arena arena;
};

void pc_http_url_list_init(struct pc_http_url_list *list, int max);
void pc_http_url_list_finish(struct pc_http_url_list *list);

/* One URL a line; or CSV when its first line names a column of URLs. */
PC_NODISCARD enum pc_code pc_http_url_list_read_text(struct pc_http_url_list *list,
                                                     const char *text, size_t len,
                                                     struct pc_err *err);
/* CSV (csv.h) with a header line that names a column of URLs, and perhaps sku and label. A row's
 * line is the one it begins in. bad_csv, with the names of the columns when none is of URLs. */
PC_NODISCARD enum pc_code pc_http_url_list_read_csv(struct pc_http_url_list *list, const char *text,
                                                    size_t len, struct pc_err *err);
/* {"imageUrls": [...]} or {"urls": [...]}; line is the position in the array, from 1. An element
 * that is no string counts as an empty URL, which the service rejects by its line. bad_json. */
PC_NODISCARD enum pc_code pc_http_url_list_read_json(struct pc_http_url_list *list,
                                                     const json_t *body, struct pc_err *err);

#endif
