/* Starts at the primary image and follows the references that its pixels and its credits depend on:
 * what it is made of (`dimg`), its alpha (`auxl` to it, of that kind), Exif and XMP (`cdsc` to it). All
 * other items are left alone, whatever they are. */
#include "image/heif_needed.h"

enum {
    MOST_DEPTH = 8,      /* an image of images of images ... */
    MOST_PARTS = 16384,  /* of all images together */
    MOST_DECODES = 4096, /* a part that is used many times is decoded as often */
    MOST_SHARING = 4     /* all items together have as many times the bytes of the file */
};

static enum pc_code damaged(struct pc_err *err, const char *what)
{
    return pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "heif boxes: %s", what);
}

static bool is_one_of(const uint8_t *type, const char *types)
{
    for (; *types; types += 5)
        if (is_type(type, types))
            return true;
    return false;
}

/* --- properties --- */

/* Sets the colour if it has none of that kind yet. */
static bool take_colour(const struct box *colr, struct heif_colour *colour)
{
    const struct box **place = is_type(colr->body.at, "nclx") ? &colour->nclx : &colour->icc;
    if (*place)
        return false;
    *place = colr;
    return true;
}

static bool has_property(const struct heif_needed *n, const struct heif_needed_item *it,
                         const char *type)
{
    for (int i = 0; i < it->n_properties; i++)
        if (is_type(n->file.properties[it->properties[i].index].type, type))
            return true;
    return false;
}

static enum pc_code add_properties(struct heif_needed *n, struct heif_needed_item *it,
                                   struct heif_colour *colour, struct pc_err *err)
{
    struct heif_property_walk w = {0};
    bool missing = false;
    for (struct heif_property p;
         pc_heif_file_next_property(&n->file, it->item.id, &w, &p, &missing);) {
        enum heif_use use = pc_heif_property_use(&p.box);
        if (use == HEIF_UNKNOWN && p.essential)
            return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                           "The image needs the property '%.4s', which is not read.", p.box.type);
        if (use == HEIF_DAMAGED)
            return damaged(err, "a property");
        if (use != HEIF_KEEP ||
            (is_type(p.box.type, "colr") && !take_colour(&n->file.properties[p.index], colour)))
            continue;
        if (it->n_properties == sizeof it->properties / sizeof *it->properties)
            return damaged(err, "too many properties");
        it->properties[it->n_properties++] = (struct heif_needed_property){p.index, p.essential};
    }
    const char *config = is_type(it->item.type, "hvc1")   ? "hvcC"
                         : is_type(it->item.type, "av01") ? "av1C"
                                                          : "ispe";
    if (!is_type(it->item.type, "iden"))
        missing |= !has_property(n, it, "ispe") || !has_property(n, it, config);
    return missing ? damaged(err, "ipma") : PC_OK;
}

/* --- items --- */

static bool add_bytes(struct heif_needed *n, struct heif_needed_item *it)
{
    struct heif_extents found;
    if (!pc_heif_file_locate(&n->file, it->item.id, &found))
        return false;
    for (int i = 0; i < found.n; i++)
        n->bytes += found.at[i].length;
    struct heif_extent *copy = pc_arena_alloc(&n->arena, (size_t)found.n * sizeof *copy);
    memcpy(copy, found.at, (size_t)found.n * sizeof *copy);
    it->extents = copy;
    it->n_extents = found.n;
    return n->bytes / MOST_SHARING <= n->file.len;
}

static enum pc_code add_image(struct heif_needed *n, uint32_t id, int depth, int *place,
                              struct pc_err *err);

static enum pc_code add_parts(struct heif_needed *n, struct heif_needed_item *it, int depth,
                              struct pc_err *err)
{
    struct heif_reference_walk w = {0};
    struct heif_reference r;
    uint32_t id;
    do {
        if (!pc_heif_file_next_reference(&n->file, &w, &r))
            return damaged(err, "an image of no parts");
    } while (r.from != it->item.id || !is_type(r.type, "dimg"));
    n->n_parts += (int)r.n;
    if (r.n == 0 || n->n_parts > MOST_PARTS)
        return damaged(err, "number of parts");
    it->parts = pc_arena_alloc(&n->arena, (size_t)r.n * sizeof *it->parts);
    it->decodes = 0;
    while (pc_heif_reference_next(&r, &id)) {
        int *place = &it->parts[it->n_parts++];
        enum pc_code rc = add_image(n, id, depth + 1, place, err);
        if (rc)
            return rc;
        it->decodes += n->items[*place].decodes;
        if (it->decodes > MOST_DECODES)
            return damaged(err, "too many parts");
    }
    return PC_OK;
}

/* Fills *place with the index of the image in n->items, and adds the image if it is not there yet. */
static enum pc_code add_image(struct heif_needed *n, uint32_t id, int depth, int *place,
                              struct pc_err *err)
{
    struct heif_colour colour = {0};
    for (*place = 0; *place < n->n_items; ++*place)
        if (n->items[*place].item.id == id)
            return n->items[*place].unfinished ? damaged(err, "parts in a circle") : PC_OK;
    if (n->n_items == HEIF_MOST_ITEMS || depth > MOST_DEPTH)
        return damaged(err, "too many items");
    struct heif_needed_item *it = &n->items[n->n_items];
    if (!pc_heif_file_find_item(&n->file, id, &it->item))
        return damaged(err, "an item is missing");
    if (!is_one_of(it->item.type, "hvc1 av01 grid iden iovl "))
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "The image is coded as '%.4s', which is not read.", it->item.type);
    n->n_items++;
    it->decodes = 1;
    it->unfinished = true;
    bool coded = is_one_of(it->item.type, "hvc1 av01 ");
    if (!is_type(it->item.type, "iden") && !add_bytes(n, it))
        return damaged(err, "bytes of an item");
    enum pc_code rc = add_properties(n, it, &colour, err);
    if (!rc && !coded)
        rc = add_parts(n, it, depth, err);
    it->unfinished = false;
    return rc;
}

/* --- what belongs to the primary image --- */

/* A tone-mapped image is another form of its first part, which every reader can show. */
static uint32_t find_shown(const struct heif_file *f, uint32_t id)
{
    struct heif_reference_walk w = {0};
    struct heif_item item;
    uint32_t base;
    if (!pc_heif_file_find_item(f, id, &item) || !is_type(item.type, "tmap"))
        return id;
    for (struct heif_reference r; pc_heif_file_next_reference(f, &w, &r);)
        if (r.from == id && is_type(r.type, "dimg") && pc_heif_reference_next(&r, &base))
            return base;
    return id;
}

static bool is_alpha(const struct heif_file *f, uint32_t id)
{
    static const char *const kinds[] = {"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
                                        "urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:avc:2015:auxid:1"};
    struct heif_property_walk w = {0};
    bool missing;
    for (struct heif_property p; pc_heif_file_next_property(f, id, &w, &p, &missing);) {
        if (!is_type(p.box.type, "auxC") || pc_heif_property_use(&p.box) != HEIF_KEEP)
            continue;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (!strcmp((const char *)p.box.body.at + 4, kinds[i]))
                return true;
    }
    return false;
}

/* Adds the item when it describes the image and is not damaged. */
static int add_description(struct heif_needed *n, uint32_t id, bool xmp)
{
    struct heif_needed_item *it = &n->items[n->n_items];
    if (n->n_items == HEIF_MOST_ITEMS || !pc_heif_file_find_item(&n->file, id, &it->item) ||
        !is_type(it->item.type, xmp ? "mime" : "Exif") ||
        (xmp && strcmp(it->item.content_type, "application/rdf+xml") != 0) || !add_bytes(n, it))
        return 0;
    return n->n_items++;
}

/* Adds alpha, Exif and XMP of the shown image. They may refer to it, or to the item that the file names
 * as the primary image. */
static enum pc_code add_related(struct heif_needed *n, uint32_t shown, uint32_t named,
                                struct pc_err *err)
{
    struct heif_reference_walk w = {0};
    uint32_t to;
    for (struct heif_reference r; pc_heif_file_next_reference(&n->file, &w, &r);) {
        bool ours = false;
        enum pc_code rc = PC_OK;
        n->premultiplied |= is_type(r.type, "prem") && r.from == shown;
        while (pc_heif_reference_next(&r, &to))
            ours |= to == shown || to == named;
        if (!ours)
            continue;
        if (is_type(r.type, "auxl") && !n->alpha && is_alpha(&n->file, r.from))
            rc = add_image(n, r.from, 0, &n->alpha, err);
        if (is_type(r.type, "cdsc") && !n->exif)
            n->exif = add_description(n, r.from, false);
        if (is_type(r.type, "cdsc") && !n->xmp)
            n->xmp = add_description(n, r.from, true);
        if (rc)
            return rc;
    }
    n->premultiplied &= n->alpha > 0;
    return PC_OK;
}

/* If an image is made of parts, only these may say what its colours are. libheif looks at the whole
 * only, so it gets their property. */
static void find_colour(struct heif_needed *n)
{
    struct heif_needed_item *whole = n->items, *it = whole;
    for (;;) {
        for (int i = 0; i < it->n_properties; i++) {
            const struct box *box = &n->file.properties[it->properties[i].index];
            if (is_type(box->type, "colr") && take_colour(box, &n->colour) && it != whole &&
                whole->n_properties < (int)(sizeof whole->properties / sizeof *whole->properties))
                whole->properties[whole->n_properties++] = it->properties[i];
        }
        if (n->colour.icc || n->colour.nclx || it->n_parts == 0)
            return;
        it = &n->items[it->parts[0]];
    }
}

enum pc_code pc_heif_needed_collect(const void *bytes, size_t len, struct heif_needed *out,
                                    struct pc_err *err)
{
    int first;
    enum pc_code rc = pc_heif_file_open(bytes, len, &out->file, err);
    if (rc)
        return rc;
    uint32_t named = pc_heif_file_primary(&out->file), shown = find_shown(&out->file, named);
    rc = add_image(out, shown, 0, &first, err);
    if (!rc)
        rc = add_related(out, shown, named, err);
    if (!rc)
        find_colour(out);
    return rc;
}

void pc_heif_needed_finish(struct heif_needed *needed)
{
    pc_arena_finish(&needed->arena);
}
