/* Writes the file that libheif may see: the boxes anew, and behind the first of them all bytes of the
 * original, in which the items lie as before. Items are numbered from 1, the primary image. */
#include "image/heif.h"

#include <stdlib.h>

#include "image/cicp.h"
#include "image/heif_needed.h"
#include "image/icc.h"

/* --- boxes --- */

static void put(struct pc_buf *out, uint64_t v, int bytes)
{
    while (bytes-- > 0)
        pc_buf_putc(out, (char)(v >> 8 * bytes & 0xff));
}

/* Returns the start of the box, for end_box. */
static size_t begin_box(struct pc_buf *out, const void *type)
{
    size_t start = out->len;
    put(out, 0, 4);
    pc_buf_append(out, type, 4);
    return start;
}

static size_t begin_full_box(struct pc_buf *out, const void *type, unsigned version, unsigned flags)
{
    size_t start = begin_box(out, type);
    put(out, version << 24 | flags, 4);
    return start;
}

static void end_box(struct pc_buf *out, size_t start)
{
    uint64_t len = out->len - start;
    for (int i = 0; i < 4; i++)
        out->data[start + (size_t)i] = (char)(len >> 8 * (3 - i) & 0xff);
}

/* --- what is in meta --- */

static void put_items(const struct heif_needed *n, struct pc_buf *out)
{
    size_t iinf = begin_full_box(out, "iinf", 0, 0);
    put(out, (uint64_t)n->n_items, 2);
    for (int i = 0; i < n->n_items; i++) {
        const struct heif_item *item = &n->items[i].item;
        bool hidden = i > 0 && i != n->exif && i != n->xmp;
        size_t infe = begin_full_box(out, "infe", 2, hidden);
        put(out, (uint64_t)i + 1, 2);
        put(out, 0, 2); /* not protected */
        pc_buf_append(out, item->type, 4);
        put(out, 0, 1); /* no name */
        if (i == n->xmp && i > 0) {
            pc_buf_puts(out, item->content_type);
            put(out, 0, 1);
        }
        end_box(out, infe);
    }
    end_box(out, iinf);
}

/* moved: how far behind its old place each byte stands. */
static void put_places(const struct heif_needed *n, uint64_t moved, struct pc_buf *out)
{
    size_t iloc = begin_full_box(out, "iloc", 0, 0);
    put(out, 0x8800, 2); /* offsets and lengths of 8 bytes */
    put(out, (uint64_t)n->n_items, 2);
    for (int i = 0; i < n->n_items; i++) {
        const struct heif_needed_item *it = &n->items[i];
        put(out, (uint64_t)i + 1, 2);
        put(out, 0, 2); /* in this file */
        put(out, (uint64_t)it->n_extents, 2);
        for (int e = 0; e < it->n_extents; e++) {
            put(out, it->extents[e].offset + moved, 8);
            put(out, it->extents[e].length, 8);
        }
    }
    end_box(out, iloc);
}

/* Writes each property once, and the profile, when there is one, behind them. */
static void put_properties(const struct heif_needed *n, const struct pc_buf *profile,
                           struct pc_buf *out)
{
    uint16_t numbers[HEIF_MOST_PROPERTIES] = {0};
    uint16_t last = 0;
    size_t iprp = begin_box(out, "iprp"), ipco = begin_box(out, "ipco"), colr;
    for (int i = 0; i < n->n_items; i++) {
        for (int p = 0; p < n->items[i].n_properties; p++) {
            unsigned index = n->items[i].properties[p].index;
            const struct box *box = &n->file.properties[index];
            if (numbers[index])
                continue;
            numbers[index] = ++last;
            size_t start = begin_box(out, box->type);
            pc_buf_append(out, box->body.at, box->body.left);
            end_box(out, start);
        }
    }
    if (profile->len > 0) {
        last++;
        colr = begin_box(out, "colr");
        pc_buf_puts(out, "prof");
        pc_buf_append(out, profile->data, profile->len);
        end_box(out, colr);
    }
    end_box(out, ipco);
    size_t ipma = begin_full_box(out, "ipma", 0, 1); /* 15 bits for a number */
    put(out, (uint64_t)n->n_items, 4);
    for (int i = 0; i < n->n_items; i++) {
        const struct heif_needed_item *it = &n->items[i];
        bool add = i == 0 && profile->len > 0;
        put(out, (uint64_t)i + 1, 2);
        put(out, (uint64_t)it->n_properties + add, 1);
        if (add)
            put(out, last, 2);
        for (int p = 0; p < it->n_properties; p++)
            put(out, numbers[it->properties[p].index] | it->properties[p].essential << 15, 2);
    }
    end_box(out, ipma);
    end_box(out, iprp);
}

static void put_reference(const char *type, int from, int to, struct pc_buf *out)
{
    size_t box = begin_box(out, type);
    put(out, (uint64_t)from + 1, 2);
    put(out, 1, 2);
    put(out, (uint64_t)to + 1, 2);
    end_box(out, box);
}

static void put_references(const struct heif_needed *n, struct pc_buf *out)
{
    size_t iref = begin_full_box(out, "iref", 0, 0);
    for (int i = 0; i < n->n_items; i++) {
        const struct heif_needed_item *it = &n->items[i];
        if (it->n_parts == 0)
            continue;
        size_t dimg = begin_box(out, "dimg");
        put(out, (uint64_t)i + 1, 2);
        put(out, (uint64_t)it->n_parts, 2);
        for (int p = 0; p < it->n_parts; p++)
            put(out, (uint64_t)it->parts[p] + 1, 2);
        end_box(out, dimg);
    }
    if (n->alpha)
        put_reference("auxl", n->alpha, 0, out);
    if (n->exif)
        put_reference("cdsc", n->exif, 0, out);
    if (n->xmp)
        put_reference("cdsc", n->xmp, 0, out);
    end_box(out, iref);
}

/* --- the file --- */

static void put_file(const struct heif_needed *n, const struct pc_buf *profile, struct pc_buf *out)
{
    const struct heif_needed_item *coded = n->items;
    while (coded->n_parts > 0)
        coded = &n->items[coded->parts[0]];
    bool av1 = is_type(coded->item.type, "av01");
    size_t start = out->len, box = begin_box(out, "ftyp");
    pc_buf_puts(out, av1 ? "avif" : "heic");
    put(out, 0, 4);
    pc_buf_puts(out, av1 ? "avifmif1miaf" : "heicmif1miaf");
    end_box(out, box);

    put(out, 1, 4); /* the size stands behind the type, in 8 bytes */
    pc_buf_puts(out, "mdat");
    put(out, n->file.len + 16, 8);
    uint64_t moved = out->len - start;
    pc_buf_append(out, n->file.bytes, n->file.len);

    size_t meta = begin_full_box(out, "meta", 0, 0);
    box = begin_full_box(out, "hdlr", 0, 0);
    put(out, 0, 4);
    pc_buf_puts(out, "pict");
    put(out, 0, 8), put(out, 0, 4), put(out, 0, 1);
    end_box(out, box);
    box = begin_full_box(out, "pitm", 0, 0);
    put(out, 1, 2);
    end_box(out, box);
    put_items(n, out);
    put_places(n, moved, out);
    put_properties(n, profile, out);
    put_references(n, out);
    end_box(out, meta);
}

/* Fills the profile of the space that nclx names, where the image has no profile that can be used: one
 * that cannot be used gives way. */
static void find_profile(struct heif_needed *n, struct pc_buf *profile)
{
    struct heif_needed_item *it = n->items;
    if (!n->colour.nclx)
        return;
    if (n->colour.icc) {
        const struct cursor *icc = &n->colour.icc->body;
        enum pc_icc_fit fit = pc_icc_fit(icc->at + 4, icc->left - 4, 3);
        if (fit == PC_ICC_FITS || fit == PC_ICC_IS_SRGB)
            return;
    }
    struct cursor nclx = n->colour.nclx->body;
    skip_bytes(&nclx, 4);
    unsigned primaries = (unsigned)read_be(&nclx, 2), transfer = (unsigned)read_be(&nclx, 2);
    if (!pc_cicp_profile(primaries, transfer, profile))
        return;
    int kept = 0;
    for (int i = 0; i < it->n_properties; i++)
        if (&n->file.properties[it->properties[i].index] != n->colour.icc)
            it->properties[kept++] = it->properties[i];
    it->n_properties = kept;
}

enum pc_code pc_heif_isolate(const void *bytes, size_t len, struct pc_buf *out, bool *premultiplied,
                             struct pc_err *err)
{
    struct heif_needed *needed = pc_xzalloc(sizeof *needed);
    struct pc_buf profile = PC_BUF_INIT;
    enum pc_code rc = pc_heif_needed_collect(bytes, len, needed, err);
    if (!rc) {
        find_profile(needed, &profile);
        pc_buf_reserve(out, len + (1 << 16));
        put_file(needed, &profile, out);
        *premultiplied = needed->premultiplied;
    }
    pc_buf_finish(&profile);
    pc_heif_needed_finish(needed);
    free(needed);
    return rc;
}
