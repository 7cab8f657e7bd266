/* A TIFF may hold many images: pages, smaller copies, masks and, from cameras, sensor data. The tag
 * NewSubfileType tells which is which. Directories follow each other in a chain, and each may have
 * further ones below it (SubIFDs).
 *
 * libvips takes the first directory, and every sample behind the colours for alpha. So the tags are
 * read here. Kinds that libvips and libtiff do not read are rejected here too, in words on the kind:
 * their decoder would only report an error. Source: TIFF 6.0 and its technical notes, DNG 1.7, TIFF/EP. */
#include "image/tiff_layout.h"

#include <string.h>

#include "image/tiff_dir.h"
#include "image/unread.h"

enum { MOST_DIRS = 256, MOST_SUB_DIRS = 32, MOST_ENTRIES = 1024, MOST_SAMPLES = 64 };

enum { /* PhotometricInterpretation */
       WHITE_IS_ZERO,
       BLACK_IS_ZERO,
       RGB,
       PALETTE,
       MASK,
       SEPARATED,
       YCBCR,
       CIELAB = 8,
       ICCLAB,
       COLOUR_FILTER_ARRAY = 32803,
       LINEAR_RAW = 34892,
       NOT_SAID = -1
};

enum { NO_COMPRESSION = 1, OLD_JPEG = 6, JPEG };

struct image { /* what one directory says */
    bool reduced, mask, raw, tiled, has_pixels, several_depths;
    uint64_t width, height;
    unsigned bits, compression, samples, planar, sample_format, ink_set, orientation;
    int photometric;
    struct pc_tiff_entry colours, extra_samples, sub_dirs, byte_counts;
};

/* Is it in the list? A 0 ends that. */
static bool is_one_of(unsigned number, const unsigned *list)
{
    while (*list && *list != number)
        list++;
    return *list != 0;
}

static void read_entry(const struct pc_tiff *t, const struct pc_tiff_entry *e, struct image *im)
{
    unsigned v = (unsigned)pc_tiff_value(t, e, 0);
    switch (e->tag) {
    case 254: /* NewSubfileType */
        im->reduced |= v & 1;
        im->mask |= v >> 2 & 1;
        break;
    case 255: im->reduced |= v == 2; break; /* SubfileType */
    case 256: im->width = v; break;
    case 257: im->height = v; break;
    case 258: /* BitsPerSample */
        im->bits = v;
        for (uint64_t i = 1; i < e->count && i < MOST_SAMPLES; i++)
            im->several_depths |= pc_tiff_value(t, e, i) != v;
        break;
    case 259: im->compression = v; break;
    case 262:
        im->photometric = (int)v;
        im->colours = *e;
        im->mask |= v == MASK;
        break;
    case 273:
    case 324: im->has_pixels = true; break; /* StripOffsets, TileOffsets */
    case 274: im->orientation = v; break;
    case 277: im->samples = v; break;
    case 279:
    case 325: /* StripByteCounts, TileByteCounts */ im->byte_counts = *e; break;
    case 284: im->planar = v; break;
    case 322: im->tiled = true; break;
    case 330: im->sub_dirs = *e; break;
    case 332: im->ink_set = v; break;
    case 338: im->extra_samples = *e; break;
    case 339: im->sample_format = v; break;
    case 513: im->has_pixels = true; break; /* JPEGInterchangeFormat */
    case 33421:
    case 33422:
    case 50706: im->raw = true; break; /* CFA pattern, DNGVersion */
    default: break;
    }
}

/* False when the directory is not there, or is the end of a chain. Fills im. */
static bool read_image(const struct pc_tiff *t, uint64_t at, struct pc_tiff_dir *dir,
                       struct image *im)
{
    static const unsigned of_cameras[] = {262,   32767, 32769, 32770, 32772, 32867,
                                          34316, 34713, 34892, 65000, 65535, 0};
    struct pc_tiff_entry entry;
    *im = (struct image){.bits = 1,
                         .compression = NO_COMPRESSION,
                         .samples = 1,
                         .planar = 1,
                         .sample_format = 1,
                         .ink_set = 1,
                         .photometric = NOT_SAID};
    if (at == 0 || !pc_tiff_dir_at(t, at, dir))
        return false;
    /* Backwards, so that of a tag that is there twice the first counts, as in libtiff. */
    for (uint64_t i = dir->n < MOST_ENTRIES ? dir->n : MOST_ENTRIES; i-- > 0;)
        if (pc_tiff_entry_at(t, dir, i, &entry))
            read_entry(t, &entry, im);
    im->raw |= im->photometric == COLOUR_FILTER_ARRAY || im->photometric == LINEAR_RAW ||
               is_one_of(im->compression, of_cameras);
    if (im->photometric == NOT_SAID)
        im->photometric = im->samples >= 3 ? RGB : BLACK_IS_ZERO;
    return true;
}

struct search {
    const struct pc_tiff *tiff;
    struct image first, chosen, preview; /* preview: the largest of the reduced images */
    int n, page, sub_ifd, preview_page;
    bool found, raw;
};

static bool is_full_size(const struct image *im)
{
    return im->has_pixels && !im->reduced && !im->mask;
}

/* Looks below a page: for signs of a camera, and for the full image if the page is a preview. */
static void look_below(struct search *s, int page, const struct pc_tiff_entry *sub_dirs)
{
    for (uint64_t i = 0; i < sub_dirs->count && i < MOST_SUB_DIRS; i++) {
        struct pc_tiff_dir dir;
        struct image im;
        if (!read_image(s->tiff, pc_tiff_value(s->tiff, sub_dirs, i), &dir, &im))
            continue;
        s->raw |= im.raw;
        if (!s->found && is_full_size(&im))
            s->found = true, s->chosen = im, s->page = page, s->sub_ifd = (int)i;
    }
}

static void look_at_pages(struct search *s, uint64_t first_dir)
{
    struct pc_tiff_dir dir;
    struct image im;
    struct pc_tiff_entry below[MOST_DIRS];
    for (uint64_t at = first_dir; s->n < MOST_DIRS && read_image(s->tiff, at, &dir, &im); s->n++) {
        s->raw |= im.raw;
        below[s->n] = im.sub_dirs;
        if (s->n == 0)
            s->first = im;
        if (!s->found && is_full_size(&im))
            s->found = true, s->chosen = im, s->page = s->n, s->sub_ifd = -1;
        if (im.has_pixels && im.reduced && !im.mask &&
            im.width * im.height > s->preview.width * s->preview.height)
            s->preview = im, s->preview_page = s->n;
        at = pc_tiff_next_dir(s->tiff, &dir);
    }
    for (int page = 0; page < s->n; page++)
        look_below(s, page, &below[page]);
}

/* Some writers mark the only image of a file as a smaller copy. Such an image is most of the file; a
 * real preview, beside sensor data of an unknown maker, is not. */
static bool is_marked_wrongly(const struct search *s)
{
    enum { MOST_STRIPS = 1 << 20 };
    uint64_t stored = 0;
    for (uint64_t i = 0; i < s->preview.byte_counts.count && i < MOST_STRIPS; i++)
        stored += (uint32_t)pc_tiff_value(s->tiff, &s->preview.byte_counts, i);
    return stored > s->tiff->len / 2;
}

static const char *unread_depth(const struct image *im)
{
    enum { UNSIGNED = 1, SIGNED, UNDEFINED = 4 };
    bool lab = im->photometric == CIELAB || im->photometric == ICCLAB;
    bool one_sample = im->photometric == WHITE_IS_ZERO || im->photometric == BLACK_IS_ZERO ||
                      im->photometric == PALETTE;
    if (im->sample_format != UNSIGNED && im->sample_format != UNDEFINED &&
        !(lab && im->sample_format == SIGNED))
        return "A TIFF with signed or floating-point samples is not read. Save it with 8 or 16 "
               "bits "
               "a channel.";
    bool deep =
        im->bits == 8 || (im->bits == 16 && im->photometric != YCBCR && im->photometric != PALETTE);
    bool shallow = one_sample && (im->bits == 1 || im->bits == 2 || im->bits == 4);
    if (!(deep || shallow) || im->several_depths)
        return "A TIFF with this number of bits a channel is not read. Save it with 8 or 16 bits a "
               "channel.";
    return NULL;
}

/* Why this sound kind of TIFF is not read; NULL when it is. */
static const char *unread_kind(const struct image *im)
{
    /* none, CCITT (3), LZW, JPEG, Deflate (2), PackBits, CCITT RLEW, LZMA, Zstandard, WebP */
    static const unsigned read[] = {1,     2,     3,     4,     5,     7,     8,
                                    32946, 32773, 32771, 34925, 50000, 50001, 0};
    if (im->compression == OLD_JPEG)
        return "A TIFF with JPEG compression of the old kind is not read. Save it with LZW or ZIP "
               "compression, or as JPEG.";
    if (!is_one_of(im->compression, read))
        return "A TIFF with this compression is not read. Save it with LZW or ZIP compression, or "
               "without one.";
    if (im->tiled && im->planar == 2 && im->samples > 1)
        return "A TIFF with tiles that hold one channel each is not read. Save it with interleaved "
               "channels.";
    if (im->photometric == SEPARATED && (im->ink_set != 1 || im->samples < 4))
        return "A TIFF with other inks than CMYK is not read. Save it as CMYK or RGB.";
    bool known = im->photometric <= PALETTE || im->photometric == SEPARATED ||
                 im->photometric == YCBCR || im->photometric == CIELAB || im->photometric == ICCLAB;
    if (!known || (im->photometric == PALETTE && im->samples > 1) ||
        (im->photometric == YCBCR && im->compression != JPEG))
        return "A TIFF with this kind of colours is not read. Save it as RGB.";
    return unread_depth(im);
}

/* The byte that holds value i, which is below 256. */
static size_t low_byte_of(const struct pc_tiff *t, const struct pc_tiff_entry *e, uint64_t i)
{
    unsigned size = pc_tiff_value_bytes(e);
    return (size_t)(e->at + i * size + (t->big_endian ? size - 1 : 0));
}

static void fill_layout(const struct search *s, struct pc_tiff_layout *out)
{
    enum { ASSOCIATED = 1, UNASSOCIATED };
    const struct image *im = &s->chosen;
    *out = (struct pc_tiff_layout){.page = s->page,
                                   .sub_ifd = s->sub_ifd,
                                   .colours = PC_TIFF_RGB,
                                   .n_colours = 3,
                                   .alpha = -1};
    if (im->photometric == WHITE_IS_ZERO || im->photometric == BLACK_IS_ZERO)
        out->colours = PC_TIFF_GREY, out->n_colours = 1;
    else if (im->photometric == SEPARATED)
        out->colours = PC_TIFF_CMYK, out->n_colours = 4;
    else if (im->photometric == CIELAB)
        out->colours = PC_TIFF_CIELAB;
    else if (im->photometric == ICCLAB)
        out->colours = PC_TIFF_ICCLAB;
    unsigned n = (unsigned)out->n_colours;
    for (uint64_t i = 0; out->alpha < 0 && i < MOST_SAMPLES && n + i < im->samples; i++) {
        uint64_t kind = pc_tiff_value(s->tiff, &im->extra_samples, i);
        if (kind != ASSOCIATED && kind != UNASSOCIATED)
            continue;
        out->alpha = (int)(n + i);
        out->is_premultiplied = kind == ASSOCIATED;
        out->kind_of_alpha_at = low_byte_of(s->tiff, &im->extra_samples, i);
    }
    if (out->colours == PC_TIFF_CIELAB)
        out->colours_at = low_byte_of(s->tiff, &im->colours, 0);
    unsigned turned = im->orientation ? im->orientation : s->first.orientation;
    out->orientation = turned >= 1 && turned <= 8 ? (int)turned : 1;
}

enum pc_code pc_tiff_choose(const void *bytes, size_t len, struct pc_tiff_layout *out,
                            struct pc_err *err)
{
    struct pc_tiff tiff;
    struct search s = {.tiff = &tiff};
    uint64_t first_dir;
    if (!pc_tiff_begin(bytes, len, &tiff, &first_dir))
        return pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "tiff: header");
    look_at_pages(&s, first_dir);
    const char *unread = pc_unread_format(bytes, len);
    if (unread || s.raw)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, "%s", unread ? unread : PC_UNREAD_CAMERA_RAW);
    if (s.n == 0)
        return pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "tiff: no directory");
    if (!s.found && is_marked_wrongly(&s))
        s.found = true, s.chosen = s.preview, s.page = s.preview_page, s.sub_ifd = -1;
    if (!s.found)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "This TIFF holds no image at full size that can be read, only a preview or "
                       "a mask. If it comes from a camera, export it as JPEG.");
    unread = unread_kind(&s.chosen);
    if (unread)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, "%s", unread);
    fill_layout(&s, out);
    if (out->is_premultiplied && out->colours >= PC_TIFF_CIELAB)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT,
                       "A Lab TIFF with premultiplied transparency is not read. Save it as RGB.");
    return PC_OK;
}
