/* The properties of HEIC and AVIF images: which of them decoding needs, and whether they hold the
 * fields that their kind has to have. */
#include "image/heif_boxes.h"

enum { MOST_NALS = 256 };

static bool size_ok(struct cursor c) /* ispe */
{
    pc_heif_full_box(&c, 0);
    uint64_t width = read_be(&c, 4), height = read_be(&c, 4);
    return at_end(&c) && width > 0 && height > 0 && width <= INT32_MAX && height <= INT32_MAX;
}

static bool depths_ok(struct cursor c) /* pixi */
{
    pc_heif_full_box(&c, 1);
    uint64_t n = read_be(&c, 1);
    bool ok = n > 0 && n <= 4;
    for (; n > 0; n--) {
        uint64_t bits = read_be(&c, 1);
        ok = ok && bits > 0 && bits <= 16;
    }
    return ok && !c.bad;
}

/* A colr of another kind, or with something that is no profile, counts as if it were not there. */
static bool colour_ok(struct cursor c) /* colr */
{
    const uint8_t *kind = c.at;
    skip_bytes(&c, 4);
    if (c.bad)
        return false;
    if (is_type(kind, "nclx"))
        return c.left >= 7;
    bool profile = is_type(kind, "prof") || is_type(kind, "rICC");
    return profile && c.left >= 132 && is_type(c.at + 36, "acsp");
}

static bool aperture_ok(struct cursor c) /* clap: four fractions */
{
    bool ok = true;
    for (int i = 0; i < 4; i++) {
        int32_t above = (int32_t)read_be(&c, 4), below = (int32_t)read_be(&c, 4);
        ok = ok && below > 0 && (i > 1 || above > 0);
    }
    return ok && at_end(&c);
}

static bool kind_of_aux_ok(struct cursor c) /* auxC */
{
    pc_heif_full_box(&c, 0);
    skip_text(&c);
    return !c.bad;
}

/* hvcC (ISO/IEC 14496-15, 8.3.3.1): fixed fields, then arrays of parameter sets. */
static bool hevc_ok(struct cursor c)
{
    int nals = 0;
    if (read_be(&c, 1) != 1)
        return false;
    skip_bytes(&c, 21);
    for (uint64_t arrays = read_be(&c, 1); arrays > 0 && !c.bad; arrays--) {
        read_be(&c, 1);
        for (uint64_t n = read_be(&c, 2); n > 0 && !c.bad; n--) {
            uint64_t bytes = read_be(&c, 2);
            skip_bytes(&c, bytes);
            c.bad |= bytes < 2 || ++nals > MOST_NALS;
        }
    }
    return at_end(&c);
}

static bool av1_ok(struct cursor c) /* av1C: 4 bytes, then header OBUs */
{
    bool known = read_be(&c, 1) == 0x81;
    skip_bytes(&c, 3);
    return known && !c.bad;
}

static const struct {
    char type[5];
    enum heif_use otherwise;   /* when the content is not right */
    bool (*ok)(struct cursor); /* NULL: any content of that size */
    unsigned char least, most; /* bytes; 0 for most: any number */
} rules[] = {
    {"ispe", HEIF_DAMAGED, size_ok, 12, 12},      {"hvcC", HEIF_DAMAGED, hevc_ok, 23, 0},
    {"av1C", HEIF_DAMAGED, av1_ok, 4, 0},         {"clap", HEIF_DAMAGED, aperture_ok, 32, 32},
    {"irot", HEIF_DAMAGED, NULL, 1, 1},           {"imir", HEIF_DAMAGED, NULL, 1, 1},
    {"lsel", HEIF_DAMAGED, NULL, 2, 2},           {"a1op", HEIF_DAMAGED, NULL, 1, 1},
    {"auxC", HEIF_DAMAGED, kind_of_aux_ok, 5, 0}, {"colr", HEIF_DROP, colour_ok, 0, 0},
    {"pixi", HEIF_DROP, depths_ok, 6, 0},         {"a1lx", HEIF_DROP, NULL, 7, 13},
};

/* These describe the image; its pixels do not depend on them. */
static const char dropped[] =
    "pasp udes clli mdcv cclv amve cmin cmex ster rtrp aebr wbbr fobr afbr dobr "
    "pano subs altt mdft crtt ";

enum heif_use pc_heif_property_use(const struct box *property)
{
    size_t len = property->body.left;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (!is_type(property->type, rules[i].type))
            continue;
        bool ok = len >= rules[i].least && (!rules[i].most || len <= rules[i].most) &&
                  (!rules[i].ok || rules[i].ok(property->body));
        return ok ? HEIF_KEEP : rules[i].otherwise;
    }
    for (const char *k = dropped; *k; k += 5)
        if (is_type(property->type, k))
            return HEIF_DROP;
    return HEIF_UNKNOWN;
}
