/* Reader of CSV (RFC 4180) as spreadsheets and shops write it. Pure.
 *
 * Lines end with CR LF, LF or CR. A cell in quotes may hold separators, line ends and doubled
 * quotes; white space round any cell is dropped. The separator is what a first line "sep=;" says;
 * without one, whichever of , ; TAB | makes the best header of the first line that is not blank.
 *
 * Ownership: the caller owns the struct and the text, which outlives it; the reader owns its row.
 * Threads: a reader belongs to one thread.
 */
#ifndef PC_HTTP_BODY_CSV_H
#define PC_HTTP_BODY_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { PC_CSV_MAX_COLUMNS = 1024 };

struct pc_csv {
    const char *at, *end;
    char separator;
    int line;     /* of at, from 1 */
    int row_line; /* in which the row began */
    int n_cells;  /* of the row */
    struct pc_buf row;
    size_t starts[PC_CSV_MAX_COLUMNS]; /* of each cell in row, NUL-terminated there */
};

struct pc_csv_header { /* places of columns; -1: there is none */
    int url, sku, label;
};

/* Reads the header; the rows of data follow. The column of URLs is found by its name: "url", else a
 * name with words for an image and a link ("Image URL", "Bild-Link"), else one with a word for a
 * link ("src"), else one with a word for an image ("photo"). If there is none, header->url is -1,
 * and the cells of the row are the names. bad_csv: the text cannot be read at all. */
PC_NODISCARD enum pc_code pc_csv_open(struct pc_csv *csv, const char *text, size_t len,
                                      struct pc_csv_header *header, struct pc_err *err);
void pc_csv_finish(struct pc_csv *csv);

/* Reads the next row into csv, if there is one (*more). bad_csv: a quote is never closed, text
 * follows a closing quote, or there are too many columns. */
PC_NODISCARD enum pc_code pc_csv_next(struct pc_csv *csv, bool *more, struct pc_err *err);
/* A cell of the row, valid until the next one; "" where the row has no such cell. */
const char *pc_csv_cell(struct pc_csv *csv, int column);
bool pc_csv_row_is_blank(struct pc_csv *csv);

/* Bytes of the line end at at, which is before end: 2 for CR LF, 1 for LF and CR, 0 for anything
 * else. */
size_t pc_csv_line_end(const char *at, const char *end);

#endif
