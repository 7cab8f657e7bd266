/* The properties of HEIC and AVIF images: each holds the fields that its kind has to have. */
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

static bool colour_ok(struct cursor c) /* colr */
{
    const uint8_t *kind = c.at;
    skip_bytes(&c, 4);
    if (c.bad)
        return false;
    if (is_type(kind, "nclx"))
        return c.left == 7;
    return !(is_type(kind, "prof") || is_type(kind, "rICC")) || c.left >= 128;
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

static bool aspect_ok(struct cursor c) /* pasp */
{
    uint64_t h = read_be(&c, 4), v = read_be(&c, 4);
    return at_end(&c) && h > 0 && v > 0;
}

static bool kind_of_aux_ok(struct cursor c) /* auxC */
{
    pc_heif_full_box(&c, 0);
    skip_text(&c);
    return !c.bad;
}

static bool described_ok(struct cursor c) /* udes */
{
    pc_heif_full_box(&c, 0);
    for (int i = 0; i < 4; i++)
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
    bool (*ok)(struct cursor); /* NULL: any content of that size */
    unsigned char least, most; /* bytes; 0 for most: any number */
} kinds[] = {
    {"ispe", size_ok, 12, 12},     {"pixi", depths_ok, 6, 0}, {"colr", colour_ok, 4, 0},
    {"clap", aperture_ok, 32, 32}, {"pasp", aspect_ok, 8, 8}, {"auxC", kind_of_aux_ok, 5, 0},
    {"udes", described_ok, 8, 0},  {"hvcC", hevc_ok, 23, 0},  {"av1C", av1_ok, 4, 0},
    {"irot", NULL, 1, 1},          {"imir", NULL, 1, 1},      {"lsel", NULL, 2, 2},
    {"a1op", NULL, 1, 1},          {"a1lx", NULL, 7, 13},     {"clli", NULL, 4, 4},
    {"mdcv", NULL, 24, 24},        {"amve", NULL, 8, 8},
};

bool pc_heif_property_ok(const struct box *property)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t len = property->body.left;
        if (!is_type(property->type, kinds[i].type))
            continue;
        return len >= kinds[i].least && (!kinds[i].most || len <= kinds[i].most) &&
               (!kinds[i].ok || kinds[i].ok(property->body));
    }
    return true;
}
