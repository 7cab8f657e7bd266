/* Bodies of POST /process-batch: lists of URLs as text, CSV or JSON, each with its line. Pure.
 *
 * A byte order mark is dropped. Lines end with LF or CR LF; blank lines are skipped but counted.
 * Text and CSV that are not UTF-8 are bad_request. More URLs than max end the reading:
 * batch_too_large.
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
    struct pc_arena arena;
};

void pc_http_url_list_init(struct pc_http_url_list *list, int max);
void pc_http_url_list_finish(struct pc_http_url_list *list);

/* One URL a line. */
PC_NODISCARD enum pc_code pc_http_url_list_read_text(struct pc_http_url_list *list,
                                                     const char *text, size_t len,
                                                     struct pc_err *err);
/* CSV (RFC 4180) with a header line that names url, and perhaps sku and label, in any order and
 * case. The separator is whichever of , ; TAB comes first in the header line. A row's line is the
 * one it begins in. bad_csv. */
PC_NODISCARD enum pc_code pc_http_url_list_read_csv(struct pc_http_url_list *list, const char *text,
                                                    size_t len, struct pc_err *err);
/* {"imageUrls": [...]} or {"urls": [...]}; line is the position in the array, from 1. An element
 * that is no string counts as an empty URL, which the service rejects by its line. bad_json. */
PC_NODISCARD enum pc_code pc_http_url_list_read_json(struct pc_http_url_list *list,
                                                     const json_t *body, struct pc_err *err);

#endif
