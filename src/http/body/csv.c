#include "http/body/csv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "http/body/text.h"

size_t pc_csv_line_end(const char *at, const char *end)
{
    if (*at == '\r')
        return at + 1 < end && at[1] == '\n' ? 2 : 1;
    return *at == '\n';
}

void pc_csv_finish(struct pc_csv *csv)
{
    pc_buf_finish(&csv->row);
}

/* --- rows --- */

/* Skips spaces and tabs that are not the separator. */
static void skip_blanks(struct pc_csv *csv)
{
    while (csv->at < csv->end && (*csv->at == ' ' || *csv->at == '\t') &&
           *csv->at != csv->separator)
        csv->at++;
}

static bool cell_ends(const struct pc_csv *csv)
{
    return csv->at == csv->end || *csv->at == csv->separator ||
           pc_csv_line_end(csv->at, csv->end) > 0;
}

static enum pc_code quoted_cell(struct pc_csv *csv, struct pc_err *err)
{
    int began = csv->line;
    for (csv->at++; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"')) {
            csv->at++;
            skip_blanks(csv);
            if (cell_ends(csv))
                return PC_OK;
            return pc_fail(err, PC_E_BAD_CSV, "Line %d has text after a closing quote.", csv->line);
        }
        csv->at += *csv->at == '"';
        csv->line += *csv->at == '\n' || pc_csv_line_end(csv->at, csv->end) == 1;
        pc_buf_putc(&csv->row, *csv->at);
    }
    return pc_fail(err, PC_E_BAD_CSV, "The quote that opens in line %d is never closed.", began);
}

static enum pc_code read_cell(struct pc_csv *csv, struct pc_err *err)
{
    if (csv->n_cells == PC_CSV_MAX_COLUMNS)
        return pc_fail(err, PC_E_BAD_CSV, "Line %d has more than %d columns.", csv->line,
                       PC_CSV_MAX_COLUMNS);
    csv->starts[csv->n_cells++] = csv->row.len;
    skip_blanks(csv);
    enum pc_code rc = PC_OK;
    if (csv->at < csv->end && *csv->at == '"')
        rc = quoted_cell(csv, err);
    for (; !rc && !cell_ends(csv); csv->at++)
        pc_buf_putc(&csv->row, *csv->at);
    pc_buf_putc(&csv->row, 0);
    return rc;
}

enum pc_code pc_csv_next(struct pc_csv *csv, bool *more, struct pc_err *err)
{
    enum pc_code rc = PC_OK;
    *more = csv->at < csv->end;
    csv->row_line = csv->line;
    csv->n_cells = 0;
    pc_buf_clear(&csv->row);
    while (*more && !rc) {
        rc = read_cell(csv, err);
        if (rc || csv->at == csv->end)
            break;
        size_t line_end = pc_csv_line_end(csv->at, csv->end);
        csv->at += line_end ? line_end : 1;
        csv->line += line_end > 0;
        if (line_end)
            break;
    }
    for (int i = 0; i < csv->n_cells && !rc; i++) /* in place: a cell keeps its beginning */
        csv->starts[i] = (size_t)(pc_text_trim(csv->row.data + csv->starts[i]) - csv->row.data);
    return rc;
}

const char *pc_csv_cell(struct pc_csv *csv, int column)
{
    return column >= 0 && column < csv->n_cells ? csv->row.data + csv->starts[column] : "";
}

bool pc_csv_row_is_blank(struct pc_csv *csv)
{
    for (int i = 0; i < csv->n_cells; i++)
        if (*pc_csv_cell(csv, i))
            return false;
    return true;
}

/* --- the header ---
 *
 * web/src/features/upload/csv-header.ts has the same rules and words; tests/data/url_lists.json
 * holds both to them. */

enum { NO_RANK, RANK_IMAGE, RANK_LINK, RANK_IMAGE_LINK, RANK_URL, WITHOUT_SEPARATOR };

static const char separators[] = ",;\t|";

static const char *const image_words[] = {"image",      "imagen",  "immagine", "img",
                                          "photo",      "picture", "bild",     "foto",
                                          "afbeelding", "media",   NULL};
static const char *const link_words[] = {"url",     "uri",     "link", "href",   "src", "source",
                                         "address", "adresse", "lien", "enlace", NULL};
static const char *const images_alone[] = {
    "image",    "images", "imagen", "immagine", "img",  "photo", "photos",     "picture",
    "pictures", "pic",    "bild",   "bilder",   "foto", "fotos", "afbeelding", NULL};
static const char *const links_alone[] = {"urls", "links",  "source",     "address",    "adresse",
                                          "lien", "enlace", "webaddress", "webadresse", NULL};
static const char *const link_endings[] = {"url", "uri", "link", "href", "src", NULL};

static bool equals(const char *name, const char *word)
{
    return strcmp(name, word) == 0;
}

static bool contains(const char *name, const char *word)
{
    return strstr(name, word) != NULL;
}

static bool any(const char *const *words, const char *name,
                bool (*matches)(const char *name, const char *word))
{
    while (*words && !matches(name, *words))
        words++;
    return *words != NULL;
}

/* How well a name says that its column has the URLs of images. "Image URL 2" is read as imageurl.
 */
static int rank_of_name(const char *cell)
{
    char name[64];
    size_t n = 0;
    if (strcasecmp(cell, "url") == 0)
        return RANK_URL;
    if (strstr(cell, "://"))
        return NO_RANK;
    for (; *cell && n < sizeof name - 1; cell++)
        if ((unsigned char)*cell < 0x80 && isalnum((unsigned char)*cell))
            name[n++] = (char)tolower((unsigned char)*cell);
    while (n && isdigit((unsigned char)name[n - 1]))
        n--;
    name[n] = 0;
    if (any(image_words, name, contains) && any(link_words, name, contains))
        return RANK_IMAGE_LINK;
    if (any(links_alone, name, equals) || any(link_endings, name, pc_str_ends_ci))
        return RANK_LINK;
    return any(images_alone, name, equals) ? RANK_IMAGE : NO_RANK;
}

/* Fills header; returns the rank of its url column. Of columns of one rank the first one is taken.
 */
static int find_columns(struct pc_csv *csv, struct pc_csv_header *header)
{
    int best = NO_RANK;
    *header = (struct pc_csv_header){-1, -1, -1};
    for (int i = csv->n_cells - 1; i >= 0; i--) {
        const char *cell = pc_csv_cell(csv, i);
        int rank = rank_of_name(cell);
        /* A name with a separator in it is most likely two names, read with the wrong separator. */
        if (rank && !strpbrk(cell, separators))
            rank += WITHOUT_SEPARATOR;
        if (rank && rank >= best) {
            best = rank;
            header->url = i;
        }
        if (strcasecmp(cell, "sku") == 0)
            header->sku = i;
        if (strcasecmp(cell, "label") == 0)
            header->label = i;
    }
    return best;
}

/* Reads a first line such as sep=; or "sep=;" and moves past it. */
static bool read_separator_line(struct pc_csv *csv)
{
    const char *at = csv->at;
    size_t quote = at < csv->end && *at == '"', left = (size_t)(csv->end - at);
    if (left < quote + 5 || strncasecmp(at + quote, "sep=", 4) != 0)
        return false;
    csv->separator = at[quote + 4];
    at += quote + 5;
    at += quote && at < csv->end && *at == '"';
    if (at == csv->end || !pc_csv_line_end(at, csv->end))
        return false;
    csv->at = at + pc_csv_line_end(at, csv->end);
    csv->line++;
    return true;
}

static enum pc_code read_header(struct pc_csv *csv, struct pc_csv_header *header, int *rank,
                                struct pc_err *err)
{
    bool more = true;
    enum pc_code rc = pc_csv_next(csv, &more, err);
    while (!rc && more && pc_csv_row_is_blank(csv))
        rc = pc_csv_next(csv, &more, err);
    *rank = rc ? NO_RANK : find_columns(csv, header);
    return rc;
}

enum pc_code pc_csv_open(struct pc_csv *csv, const char *text, size_t len,
                         struct pc_csv_header *header, struct pc_err *err)
{
    int rank, best_rank = -1, best_cells = 0;
    char best = separators[0];
    memset(csv, 0, sizeof *csv);
    csv->at = text;
    csv->end = text + len;
    csv->line = 1;
    *header = (struct pc_csv_header){-1, -1, -1};
    if (read_separator_line(csv))
        return read_header(csv, header, &rank, err);
    for (const char *s = separators; *s; s++) {
        csv->at = text;
        csv->line = 1;
        csv->separator = *s;
        if (read_header(csv, header, &rank, err))
            continue;
        if (rank > best_rank || (rank == best_rank && csv->n_cells > best_cells)) {
            best_rank = rank;
            best_cells = csv->n_cells;
            best = *s;
        }
    }
    csv->at = text;
    csv->line = 1;
    csv->separator = best;
    return read_header(csv, header, &rank, err);
}
