/* Items of a HEIC or AVIF file. The layout is that of ISO/IEC 14496-12 and 23008-12: ftyp first, then a
 * meta box with hdlr (what it is), pitm (the primary image), iinf (items), iloc (where their bytes
 * lie), iprp (properties and whose they are) and iref (which item is made of which). */
#include "image/heif_file.h"

enum { MOST_BOXES = 4096 };

static enum pc_code damaged(struct pc_err *err, const char *what)
{
    return pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "heif boxes: %s", what);
}

/* --- meta and its parts --- */

static bool is_image_handler(struct cursor c)
{
    pc_heif_full_box(&c, 0);
    read_be(&c, 4);
    const uint8_t *kind = c.at;
    skip_bytes(&c, 16);
    return !c.bad && is_type(kind, "pict");
}

static bool find_properties(struct heif_file *f)
{
    struct cursor c = f->part[HEIF_IPRP], ipco = {0};
    int boxes = 0;
    for (struct box box; boxes < MOST_BOXES && pc_heif_next_box(&c, false, &box); boxes++) {
        if (is_type(box.type, "ipco") && !ipco.at)
            ipco = box.body;
        if (is_type(box.type, "ipma") && f->n_maps < HEIF_MOST_MAPS)
            f->maps[f->n_maps++] = box.body;
    }
    while (f->n_properties < HEIF_MOST_PROPERTIES &&
           pc_heif_next_box(&ipco, false, &f->properties[f->n_properties]))
        f->n_properties++;
    return at_end(&c) && ipco.at && at_end(&ipco) && f->n_maps > 0;
}

/* Of two boxes of one kind, the first counts. */
static enum pc_code find_parts(struct heif_file *f, struct cursor c, struct pc_err *err)
{
    static const char names[HEIF_PARTS][5] = {"pitm", "iinf", "iloc", "iprp", "iref", "idat"};
    int boxes = 0;
    bool images = false;
    pc_heif_full_box(&c, 0);
    for (struct box box; boxes < MOST_BOXES && pc_heif_next_box(&c, false, &box); boxes++) {
        images |= is_type(box.type, "hdlr") && is_image_handler(box.body);
        for (int p = 0; p < HEIF_PARTS; p++)
            if (is_type(box.type, names[p]) && !f->part[p].at)
                f->part[p] = box.body;
    }
    if (!at_end(&c))
        return damaged(err, "meta");
    if (!images)
        return damaged(err, "hdlr");
    for (int p = HEIF_PITM; p <= HEIF_IPRP; p++)
        if (!f->part[p].at)
            return damaged(err, names[p]);
    return find_properties(f) ? PC_OK : damaged(err, "properties");
}

enum pc_code pc_heif_file_open(const void *bytes, size_t len, struct heif_file *out,
                               struct pc_err *err)
{
    struct cursor top = {bytes, len, false};
    struct box box;
    bool film = false, mini = false;
    *out = (struct heif_file){.bytes = bytes, .len = len};
    if (!pc_heif_next_box(&top, true, &box) || !is_type(box.type, "ftyp") || box.body.left < 8 ||
        box.body.left % 4 != 0)
        return damaged(err, "ftyp");
    for (int boxes = 0; boxes < MOST_BOXES && pc_heif_next_box(&top, true, &box); boxes++) {
        if (is_type(box.type, "meta"))
            return find_parts(out, box.body, err);
        film |= is_type(box.type, "moov");
        mini |= is_type(box.type, "mini");
    }
    if (!at_end(&top))
        return damaged(err, "boxes at the top");
    if (film)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "The file holds a film or an image sequence without a still image.");
    if (mini)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "The file has the short header of new AVIF files, which is not read yet.");
    return damaged(err, "no meta");
}

/* --- items --- */

uint32_t pc_heif_file_primary(const struct heif_file *f)
{
    struct cursor c = f->part[HEIF_PITM];
    unsigned version = pc_heif_full_box(&c, 1);
    uint32_t id = (uint32_t)read_be(&c, version == 0 ? 2 : 4);
    return c.bad ? 0 : id;
}

/* Fills out. The texts behind the type are not needed, except the content type of a mime item. */
static bool read_infe(struct cursor c, struct heif_item *out)
{
    unsigned version = pc_heif_full_box(&c, 3);
    out->id = (uint32_t)read_be(&c, version == 3 ? 4 : 2);
    read_be(&c, 2); /* protection */
    out->type = c.at;
    skip_bytes(&c, 4);
    if (c.bad || version < 2)
        return false;
    out->content_type = "";
    skip_text(&c);
    const char *content_type = (const char *)c.at;
    skip_text(&c);
    if (!c.bad && is_type(out->type, "mime"))
        out->content_type = content_type;
    return true;
}

bool pc_heif_file_find_item(const struct heif_file *f, uint32_t id, struct heif_item *out)
{
    struct cursor c = f->part[HEIF_IINF];
    unsigned version = pc_heif_full_box(&c, 1);
    uint64_t count = read_be(&c, version == 0 ? 2 : 4);
    if (count > HEIF_MOST_ITEMS)
        return false;
    for (struct box box; count > 0 && pc_heif_next_box(&c, false, &box); count--)
        if (is_type(box.type, "infe") && read_infe(box.body, out) && out->id == id)
            return true;
    return false;
}

/* --- where items lie --- */

struct place { /* one entry of iloc */
    unsigned method;
    uint64_t base, extents;
    struct cursor at;               /* the extents */
    unsigned offset, length, index; /* sizes of their fields, bytes */
};

enum { IN_FILE, IN_IDAT, IN_ITEM }; /* construction methods */

static bool field_ok(unsigned bytes)
{
    return bytes == 0 || bytes == 4 || bytes == 8;
}

static bool find_place(const struct heif_file *f, uint32_t id, struct place *out)
{
    struct cursor c = f->part[HEIF_ILOC];
    unsigned version = pc_heif_full_box(&c, 2), bits = (unsigned)read_be(&c, 2);
    unsigned base = bits >> 4 & 15;
    *out = (struct place){
        .offset = bits >> 12, .length = bits >> 8 & 15, .index = version ? bits & 15 : 0};
    if (!field_ok(out->offset) || !field_ok(out->length) || !field_ok(base) ||
        !field_ok(out->index))
        return false;
    uint64_t items = read_be(&c, version == 2 ? 4 : 2);
    if (items > HEIF_MOST_ITEMS)
        return false;
    for (; items > 0 && !c.bad; items--) {
        uint32_t own = (uint32_t)read_be(&c, version == 2 ? 4 : 2);
        out->method = version ? (unsigned)read_be(&c, 2) & 15 : IN_FILE;
        read_be(&c, 2); /* data reference */
        out->base = read_be(&c, base);
        out->extents = read_be(&c, 2);
        out->at = c;
        skip_bytes(&c, out->extents * (out->index + out->offset + out->length));
        if (!c.bad && own == id)
            return out->extents > 0 && out->extents <= HEIF_MOST_EXTENTS;
    }
    return false;
}

/* Appends that part of the source's bytes. A length of 0 means up to their end. */
static bool cut_out(const struct heif_extents *source, uint64_t offset, uint64_t length,
                    struct heif_extents *out)
{
    bool to_the_end = length == 0;
    for (int i = 0; i < source->n && (to_the_end || length > 0); i++) {
        const struct heif_extent *from = &source->at[i];
        if (offset >= from->length) {
            offset -= from->length;
            continue;
        }
        uint64_t room = from->length - offset, take = to_the_end || length > room ? room : length;
        if (out->n == HEIF_MOST_EXTENTS)
            return false;
        out->at[out->n++] = (struct heif_extent){from->offset + offset, take};
        length -= to_the_end ? 0 : take;
        offset = 0;
    }
    return length == 0;
}

static bool locate(const struct heif_file *f, uint32_t id, bool is_source,
                   struct heif_extents *out);

/* Finds the bytes of the item that holds this extent of item `id`: the index-th item of the reference
 * `iloc` from `id`, counted from 1. */
static bool locate_source(const struct heif_file *f, uint32_t id, uint64_t index,
                          struct heif_extents *out)
{
    struct heif_reference_walk w = {0};
    uint32_t source;
    for (struct heif_reference r; pc_heif_file_next_reference(f, &w, &r);) {
        if (r.from != id || !is_type(r.type, "iloc"))
            continue;
        for (uint64_t i = 1; pc_heif_reference_next(&r, &source); i++)
            if (i == (index ? index : 1))
                return locate(f, source, true, out);
    }
    return false;
}

static bool locate(const struct heif_file *f, uint32_t id, bool is_source, struct heif_extents *out)
{
    const uint8_t *idat = f->part[HEIF_IDAT].at;
    struct heif_extents source;
    struct place p;
    uint64_t total = 0;
    out->n = 0;
    if (!find_place(f, id, &p) || p.method > (is_source ? IN_IDAT : IN_ITEM) ||
        (p.method == IN_IDAT && !idat))
        return false;
    source.at[0] = p.method == IN_IDAT
                       ? (struct heif_extent){(uint64_t)(idat - f->bytes), f->part[HEIF_IDAT].left}
                       : (struct heif_extent){0, f->len};
    source.n = 1;
    for (uint64_t i = 0; i < p.extents; i++) {
        uint64_t index = read_be(&p.at, p.index), offset = read_be(&p.at, p.offset),
                 length = read_be(&p.at, p.length);
        if (p.method == IN_ITEM && !locate_source(f, id, index, &source))
            return false;
        if (p.base > f->len || offset > f->len || !cut_out(&source, p.base + offset, length, out))
            return false;
    }
    for (int i = 0; i < out->n; i++)
        total += out->at[i].length;
    return total > 0 && total <= f->len;
}

bool pc_heif_file_locate(const struct heif_file *f, uint32_t id, struct heif_extents *out)
{
    return locate(f, id, false, out);
}

/* --- references --- */

bool pc_heif_file_next_reference(const struct heif_file *f, struct heif_reference_walk *w,
                                 struct heif_reference *out)
{
    if (!w->boxes.at) {
        w->boxes = f->part[HEIF_IREF];
        if (!w->boxes.at)
            return false;
        w->id_bytes = pc_heif_full_box(&w->boxes, 1) ? 4 : 2;
    }
    for (struct box box; w->seen < MOST_BOXES && pc_heif_next_box(&w->boxes, false, &box);) {
        w->seen++;
        *out = (struct heif_reference){.type = box.type, .id_bytes = w->id_bytes};
        out->from = (uint32_t)read_be(&box.body, w->id_bytes);
        out->n = read_be(&box.body, 2);
        out->to = box.body;
        if (!box.body.bad && out->n * w->id_bytes <= box.body.left)
            return true;
    }
    return false;
}

bool pc_heif_reference_next(struct heif_reference *r, uint32_t *id)
{
    if (r->n == 0)
        return false;
    r->n--;
    *id = (uint32_t)read_be(&r->to, r->id_bytes);
    return !r->to.bad;
}

/* --- properties --- */

/* Finds the item's entry in the next map that has one. */
static bool next_entry(const struct heif_file *f, uint32_t id, struct heif_property_walk *w)
{
    while (w->maps < f->n_maps) {
        struct cursor c = f->maps[w->maps++];
        w->index_bytes = c.left >= 4 && c.at[3] & 1 ? 2 : 1;
        unsigned version = pc_heif_full_box(&c, 1);
        uint64_t entries = read_be(&c, 4);
        if (entries > HEIF_MOST_ITEMS)
            continue;
        for (; entries > 0 && !c.bad; entries--) {
            uint32_t own = (uint32_t)read_be(&c, version ? 4 : 2);
            w->left = read_be(&c, 1);
            w->indices = c;
            skip_bytes(&c, w->left * w->index_bytes);
            if (own == id && !c.bad && w->left > 0)
                return true;
        }
    }
    w->left = 0;
    return false;
}

bool pc_heif_file_next_property(const struct heif_file *f, uint32_t id,
                                struct heif_property_walk *w, struct heif_property *out,
                                bool *missing)
{
    for (;;) {
        if (w->left == 0 && !next_entry(f, id, w))
            return false;
        w->left--;
        unsigned value = (unsigned)read_be(&w->indices, w->index_bytes);
        unsigned top = w->index_bytes == 2 ? 0x8000 : 0x80;
        out->essential = value & top;
        out->index = (value & (top - 1)) - 1;
        if ((value & (top - 1)) == 0)
            continue; /* "no property" */
        if (out->index < f->n_properties) {
            out->box = f->properties[out->index];
            return true;
        }
        *missing = true;
    }
}
