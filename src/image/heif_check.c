/* Are the boxes of a HEIC or AVIF file sound? Looked at before the bytes reach libheif, which ends
 * the process by a failed assertion on some damaged files.
 *
 * The layout is that of ISO/IEC 14496-12 and 23008-12: ftyp first, then one meta box with the
 * items: hdlr (what it is), pitm (the main image), iinf (items), iloc (where their bytes lie),
 * iprp (properties and whose they are), iref (which item is made of which). All boxes have to fit
 * into their parents, all counts into their boxes, all places into the file. Boxes of a kind that
 * libheif knows stand only where they belong, since it reads them wherever they are. Kinds for
 * other codings than HEVC and AV1 are not let through at all.
 *
 * Pure, without allocation. Depth is fixed by the layout; the counts are bounded. */
#include "image/heif_check.h"

#include "image/heif_boxes.h"

enum {
    MOST_BOXES = 4096,
    MOST_ITEMS = 1024,
    MOST_EXTENTS = 32,
    MOST_FTYP_BYTES = 1024,
    MOST_STEPS = 1 << 20,
    DEPTH = 8
};

enum part { HDLR, PITM, IINF, ILOC, IPRP, IREF, IDAT, GRPL, DINF, PARTS, REQUIRED = IREF };

struct file {
    const uint8_t *bytes; /* borrows */
    size_t len;
    struct cursor part[PARTS]; /* at == NULL: there is none */
    struct cursor ipco;
    int properties;
    uint32_t main_item;
};

/* --- which box may stand where --- */

enum place { TOP, META, IN_IINF, IN_IPRP, IN_IPCO, IN_DINF, IN_DREF, IN_GRPL, NOWHERE };

/* Of the kinds that some release of libheif reads. Kinds that are not here may stand everywhere. */
static bool may_stand(const uint8_t *type, enum place place)
{
    static const char *const at[] = {
        [TOP] = "ftyp meta mdat moov moof mfra sidx ssix styp ",
        [META] = "hdlr pitm iloc iinf iprp iref idat grpl dinf ",
        [IN_IINF] = "infe ",
        [IN_IPRP] = "ipco ipma ",
        [IN_IPCO] =
            "ispe pixi colr clap pasp auxC hvcC av1C irot imir lsel a1op a1lx clli mdcv amve "
            "udes cmin cmex ",
        [IN_DINF] = "dref ",
        [IN_DREF] = "url  urn  ",
        [IN_GRPL] = "altr ster pymd ",
        [NOWHERE] =
            "mini uncC cmpd cmpC icef cpat sbpm splz snuc cloc fpac disi j2kH j2kL cdef cmap "
            "pclr mskC vvcC avcC evcC jpgC tilC itai taic trak mdia minf stbl stsd ",
    };
    for (int p = TOP; p <= NOWHERE; p++)
        for (const char *known = at[p]; *known; known += 5)
            if (is_type(type, known))
                return p == (int)place;
    return true;
}

/* The next child at that place; a wrong one makes the cursor bad. */
static bool next_child(struct cursor *c, enum place place, struct box *out)
{
    if (!pc_heif_next_box(c, place == TOP, out))
        return false;
    c->bad |= !may_stand(out->type, place);
    return !c->bad;
}

/* --- items --- */

struct item {
    uint32_t id;
    const uint8_t *type; /* borrows */
};

static bool read_infe(struct cursor c, struct item *out)
{
    unsigned version = pc_heif_full_box(&c, 3);
    out->id = (uint32_t)read_be(&c, version == 3 ? 4 : 2);
    read_be(&c, 2); /* protection */
    out->type = (const uint8_t *)"\0\0\0";
    if (version >= 2) {
        out->type = c.at;
        skip_bytes(&c, 4);
    }
    skip_text(&c);
    if (!c.bad && (version < 2 || is_type(out->type, "mime") || is_type(out->type, "uri ")))
        skip_text(&c);
    return !c.bad;
}

static struct cursor items_of(const struct file *f, uint64_t *count)
{
    struct cursor c = f->part[IINF];
    unsigned version = pc_heif_full_box(&c, 1);
    *count = read_be(&c, version == 0 ? 2 : 4);
    return c;
}

static bool find_item(const struct file *f, uint32_t id, struct item *out)
{
    uint64_t count;
    struct cursor c = items_of(f, &count);
    for (struct box box; pc_heif_next_box(&c, false, &box);)
        if (is_type(box.type, "infe") && read_infe(box.body, out) && out->id == id)
            return true;
    return false;
}

/* Kinds of coded images that are let through, and those that are not. */
static bool item_kind_ok(const uint8_t *type, bool is_main)
{
    static const char ours[] = "hvc1 av01 grid iden iovl ";
    static const char other[] = "unci mski tili j2k1 vvc1 avc1 evc1 lhv1 jpeg ";
    for (const char *k = ours; *k; k += 5)
        if (is_type(type, k))
            return true;
    for (const char *k = other; *k; k += 5)
        if (is_type(type, k))
            return false;
    return !is_main;
}

static const char *check_iinf(struct file *f)
{
    uint64_t count, n = 0;
    struct cursor c = items_of(f, &count), start = c;
    struct item item, other;
    for (struct box box; next_child(&c, IN_IINF, &box); n++) {
        if (!is_type(box.type, "infe") || !read_infe(box.body, &item) || n >= MOST_ITEMS)
            return "infe";
        if (!item_kind_ok(item.type, item.id == f->main_item))
            return "an item of a kind that is not read";
        struct cursor before = start; /* each id once */
        for (uint64_t i = 0; i < n && pc_heif_next_box(&before, false, &box); i++)
            if (read_infe(box.body, &other) && other.id == item.id)
                return "two items of one id";
    }
    return at_end(&c) && n == count ? NULL : "iinf";
}

static const char *check_pitm(struct file *f)
{
    struct cursor c = f->part[PITM];
    struct item item;
    unsigned version = pc_heif_full_box(&c, 1);
    f->main_item = (uint32_t)read_be(&c, version == 0 ? 2 : 4);
    return at_end(&c) && find_item(f, f->main_item, &item) ? NULL : "pitm";
}

/* --- where items lie --- */

struct sizes { /* of iloc's fields, bytes */
    unsigned offset, length, base, index, id;
};

static bool field_ok(unsigned bytes)
{
    return bytes == 0 || bytes == 4 || bytes == 8;
}

/* One item's extents. Together they are no longer than the file, so that one part of a file cannot
 * be asked for again and again. */
static bool check_extents(const struct file *f, struct cursor *c, const struct sizes *s,
                          unsigned method, uint64_t base)
{
    uint64_t total = 0, room = method == 1 ? f->part[IDAT].left : f->len;
    uint64_t n = read_be(c, 2);
    if (n > MOST_EXTENTS)
        return false; /* fields may have no bytes at all, so that any number would fit */
    for (; n > 0 && !c->bad; n--) {
        read_be(c, s->index);
        uint64_t offset = read_be(c, s->offset), length = read_be(c, s->length);
        if (method > 1)
            continue; /* inside another item: read as a whole */
        if (base > room || offset > room - base || length > room - base - offset)
            return false;
        total += length;
    }
    return !c->bad && total <= room;
}

static const char *check_iloc(struct file *f)
{
    struct cursor c = f->part[ILOC];
    unsigned version = pc_heif_full_box(&c, 2);
    unsigned bits = (unsigned)read_be(&c, 2);
    struct sizes s = {.offset = bits >> 12,
                      .length = bits >> 8 & 15,
                      .base = bits >> 4 & 15,
                      .index = version ? bits & 15 : 0,
                      .id = version == 2 ? 4 : 2};
    if (!field_ok(s.offset) || !field_ok(s.length) || !field_ok(s.base) || !field_ok(s.index))
        return "sizes in iloc";
    uint64_t items = read_be(&c, version == 2 ? 4 : 2);
    if (items > MOST_ITEMS)
        return "count in iloc";
    for (; items > 0 && !c.bad; items--) {
        read_be(&c, s.id);
        unsigned method = version ? (unsigned)read_be(&c, 2) & 15 : 0;
        read_be(&c, 2); /* data reference */
        uint64_t base = read_be(&c, s.base);
        if (method > 2 || !check_extents(f, &c, &s, method, base))
            return "place of an item";
    }
    return at_end(&c) ? NULL : "iloc";
}

/* --- properties --- */

static const char *check_ipco(struct file *f)
{
    struct cursor c = f->ipco;
    for (struct box box; next_child(&c, IN_IPCO, &box); f->properties++)
        if (!pc_heif_property_ok(&box) || f->properties >= MOST_BOXES)
            return "a property";
    return at_end(&c) ? NULL : "ipco";
}

static bool check_ipma(const struct file *f, struct cursor c)
{
    bool wide = c.left >= 4 && c.at[3] & 1; /* flag: 15 bits for an index, else 7 */
    unsigned version = pc_heif_full_box(&c, 1);
    uint64_t entries = read_be(&c, 4);
    if (entries > MOST_ITEMS)
        return false;
    for (; entries > 0 && !c.bad; entries--) {
        read_be(&c, version ? 4 : 2);
        for (uint64_t n = read_be(&c, 1); n > 0 && !c.bad; n--) {
            unsigned index = (unsigned)read_be(&c, wide ? 2 : 1) & (wide ? 0x7fff : 0x7f);
            c.bad |= index > (unsigned)f->properties;
        }
    }
    return at_end(&c);
}

static const char *check_iprp(struct file *f)
{
    struct cursor c = f->part[IPRP];
    const char *wrong;
    int maps = 0;
    for (struct box box; next_child(&c, IN_IPRP, &box);) {
        if (!is_type(box.type, "ipco"))
            continue;
        if (f->ipco.at)
            return "two ipco";
        f->ipco = box.body;
        if ((wrong = check_ipco(f)))
            return wrong;
    }
    if (!at_end(&c) || !f->ipco.at)
        return "iprp";
    c = f->part[IPRP];
    for (struct box box; next_child(&c, IN_IPRP, &box);) {
        if (!is_type(box.type, "ipma"))
            continue;
        if (!check_ipma(f, box.body) || ++maps > 8)
            return "ipma";
    }
    return maps ? NULL : "no ipma";
}

/* --- references --- */

struct links { /* iref, read from the front */
    struct cursor boxes;
    unsigned id_bytes;
};

static struct links links_of(const struct file *f)
{
    struct links l = {.boxes = f->part[IREF]};
    l.id_bytes = pc_heif_full_box(&l.boxes, 1) ? 4 : 2;
    return l;
}

/* Follows what an image is made of ("dimg"): no circles, and not an image of images of
 * images ..., which would take for ever. */
static bool check_made_of(const struct file *f, uint32_t id, int depth, int *steps)
{
    struct links l = links_of(f);
    if (depth > DEPTH)
        return false;
    for (struct box box; pc_heif_next_box(&l.boxes, false, &box);) {
        if (++*steps > MOST_STEPS)
            return false;
        if (!is_type(box.type, "dimg") || read_be(&box.body, l.id_bytes) != id)
            continue;
        for (uint64_t n = read_be(&box.body, 2); n > 0; n--)
            if (!check_made_of(f, (uint32_t)read_be(&box.body, l.id_bytes), depth + 1, steps))
                return false;
    }
    return true;
}

static const char *check_iref(struct file *f)
{
    struct links l = links_of(f);
    struct item item;
    int boxes = 0, steps = 0;
    for (struct box box; pc_heif_next_box(&l.boxes, false, &box);) {
        bool ok = find_item(f, (uint32_t)read_be(&box.body, l.id_bytes), &item);
        uint64_t n = read_be(&box.body, 2);
        if (!ok || n == 0 || box.body.left != n * l.id_bytes || ++boxes > MOST_ITEMS)
            return "a reference";
    }
    if (!at_end(&l.boxes))
        return "iref";
    return check_made_of(f, f->main_item, 0, &steps) ? NULL : "references in a circle";
}

/* --- the smaller parts --- */

static const char *check_hdlr(struct file *f)
{
    struct cursor c = f->part[HDLR];
    pc_heif_full_box(&c, 0);
    read_be(&c, 4);
    const uint8_t *kind = c.at;
    skip_bytes(&c, 16);
    return c.bad || !is_type(kind, "pict") ? "hdlr" : NULL;
}

static const char *check_dinf(struct file *f)
{
    struct cursor c = f->part[DINF];
    for (struct box box; next_child(&c, IN_DINF, &box);) {
        if (!is_type(box.type, "dref"))
            continue;
        uint64_t n = 0;
        pc_heif_full_box(&box.body, 0);
        uint64_t count = read_be(&box.body, 4);
        for (struct box entry; next_child(&box.body, IN_DREF, &entry); n++)
            if (entry.body.left < 4 || n >= MOST_BOXES)
                return "dref";
        if (!at_end(&box.body) || n != count)
            return "dref";
    }
    return at_end(&c) ? NULL : "dinf";
}

static const char *check_grpl(struct file *f)
{
    struct cursor c = f->part[GRPL];
    int groups = 0;
    for (struct box box; next_child(&c, IN_GRPL, &box);) {
        pc_heif_full_box(&box.body, 255);
        read_be(&box.body, 4);
        uint64_t ids = read_be(&box.body, 4);
        if (box.body.bad || ids > box.body.left / 4 || ++groups > MOST_BOXES)
            return "a group";
    }
    return at_end(&c) ? NULL : "grpl";
}

/* --- the whole --- */

static const char *check_ftyp(struct cursor *top)
{
    struct box box;
    if (!next_child(top, TOP, &box) || !is_type(box.type, "ftyp"))
        return "no ftyp";
    size_t len = box.body.left;
    return len >= 8 && len <= MOST_FTYP_BYTES - 16 && len % 4 == 0 ? NULL : "ftyp";
}

/* Notes where the parts of meta are. */
static const char *find_parts(struct file *f, struct cursor c)
{
    static const char names[PARTS][5] = {"hdlr", "pitm", "iinf", "iloc", "iprp",
                                         "iref", "idat", "grpl", "dinf"};
    int boxes = 0;
    pc_heif_full_box(&c, 0);
    for (struct box box; next_child(&c, META, &box);) {
        if (++boxes > MOST_BOXES)
            return "too many boxes";
        for (int p = 0; p < PARTS; p++) {
            if (!is_type(box.type, names[p]))
                continue;
            if (f->part[p].at)
                return "two boxes of one kind";
            f->part[p] = box.body;
        }
    }
    if (!at_end(&c))
        return "meta";
    for (int p = 0; p < REQUIRED; p++)
        if (!f->part[p].at)
            return "a part of meta is missing";
    return NULL;
}

static const char *check_parts(struct file *f)
{
    static const char *(*const checks[])(struct file *) = {check_hdlr, check_pitm, check_iinf,
                                                           check_iloc, check_iprp, check_iref,
                                                           check_grpl, check_dinf};
    static const enum part parts[] = {HDLR, PITM, IINF, ILOC, IPRP, IREF, GRPL, DINF};
    const char *wrong = NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !wrong; i++)
        if (f->part[parts[i]].at)
            wrong = checks[i](f);
    return wrong;
}

static const char *check_file(struct file *f)
{
    struct cursor top = {f->bytes, f->len, false}, meta = {NULL, 0, false};
    int boxes = 0;
    const char *wrong = check_ftyp(&top);
    for (struct box box; !wrong && next_child(&top, TOP, &box);) {
        if (++boxes > MOST_BOXES || is_type(box.type, "ftyp"))
            return "boxes at the top";
        if (!is_type(box.type, "meta"))
            continue;
        if (meta.at)
            return "two meta";
        meta = box.body;
    }
    if (wrong)
        return wrong;
    if (!at_end(&top) || !meta.at)
        return "boxes at the top";
    wrong = find_parts(f, meta);
    return wrong ? wrong : check_parts(f);
}

enum pc_code pc_heif_check(const void *bytes, size_t len, struct pc_err *err)
{
    struct file f = {.bytes = bytes, .len = len};
    const char *wrong = check_file(&f);
    return wrong ? pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "heif boxes: %s", wrong) : PC_OK;
}
