/* Bodies of /process-batch: lists of addresses as text, CSV or JSON, with the line of each. Pure.
 *
 * A byte order mark is dropped; lines end with LF or CR LF; blank lines are skipped but counted.
 * Text and CSV that are not UTF-8 are refused. More than max addresses end the reading:
 * batch_too_large.
 *
 * Ownership: the list owns its strings. Threads: one list, one thread.
 */
#ifndef PC_HTTP_BODY_URL_LIST_H
#define PC_HTTP_BODY_URL_LIST_H

#include <jansson.h>

#include "base/mem.h"
#include "service/service.h"

struct pc_http_url_list {
    struct pc_submit_line *items;
    int n, cap, max;
    struct pc_arena arena;
};

void pc_http_url_list_init(struct pc_http_url_list *list, int max);
void pc_http_url_list_finish(struct pc_http_url_list *list);

/* One address a line. */
PC_NODISCARD enum pc_code pc_http_url_list_read_text(struct pc_http_url_list *list,
                                                     const char *text, size_t len,
                                                     struct pc_err *err);
/* RFC 4180 with a header line that names url and perhaps sku and label, in any order and case; the
 * separator is the one of , ; TAB that the header line shows first. line is where a row begins. */
PC_NODISCARD enum pc_code pc_http_url_list_read_csv(struct pc_http_url_list *list, const char *text,
                                                    size_t len, struct pc_err *err);
/* {"imageUrls": [...]} or {"urls": [...]}; line is the place in the array from 1. What is no string
 * counts as an empty address, which the service rejects by its line. */
PC_NODISCARD enum pc_code pc_http_url_list_read_json(struct pc_http_url_list *list,
                                                     const json_t *body, struct pc_err *err);

#endif
