/* Most images that carry a profile carry sRGB's, and then no transform is needed.
 *
 * sRGB is recognised by what the profile does, not by its name: the three colorants (sRGB's
 * primaries adapted to D50, IEC 61966-2-1 and ICC.1:2010) and the curve at four points. A profile
 * with look-up tables is never taken for sRGB. */
#include "image/icc.h"

#include <math.h>
#include <string.h>

struct profile {
    const uint8_t *b;
    size_t len;
};

static uint32_t be(const uint8_t *p, int n)
{
    uint32_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static double s15f16(const uint8_t *p)
{
    return (int32_t)be(p, 4) / 65536.0;
}

/* The tag's bytes, NULL when it is absent or shorter than least. */
static const uint8_t *find_tag(const struct profile *p, const char *name, size_t least,
                               size_t *size)
{
    if (p->len < 132)
        return NULL;
    uint32_t n = be(p->b + 128, 4);
    for (size_t i = 0, at = 132; i < n && at + 12 <= p->len; i++, at += 12) {
        size_t from = be(p->b + at + 4, 4), len = be(p->b + at + 8, 4);
        if (memcmp(p->b + at, name, 4) != 0)
            continue;
        if (len < least || from > p->len || len > p->len - from)
            return NULL;
        *size = len;
        return p->b + from;
    }
    return NULL;
}

static bool has_tag(const struct profile *p, const char *name)
{
    size_t size;
    return find_tag(p, name, 8, &size) != NULL;
}

/* Look-up tables, one for each rendering intent that the profile has: perceptual, relative
 * colorimetric and saturation. Where there are any, they outrank matrix and curves. */
static bool has_tables(const struct profile *p)
{
    return has_tag(p, "A2B0") || has_tag(p, "A2B1") || has_tag(p, "A2B2");
}

static bool colorant_is(const struct profile *p, const char *tag, const double xyz[3])
{
    size_t size;
    const uint8_t *t = find_tag(p, tag, 20, &size);
    if (!t || memcmp(t, "XYZ ", 4) != 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (fabs(s15f16(t + 8 + 4 * i) - xyz[i]) > 0.002)
            return false;
    return true;
}

/* A curve's value at x: a parametric curve of kind 3 (y = (a x + b)^g from d on, c x below), or a
 * table of n values from 0 to 1. */
static double curve_at(const uint8_t *t, bool is_para, uint32_t n, double x)
{
    if (is_para) {
        double g = s15f16(t + 12), a = s15f16(t + 16), b = s15f16(t + 20), c = s15f16(t + 24),
               d = s15f16(t + 28);
        return x >= d ? pow(a * x + b, g) : c * x;
    }
    double at = x * (n - 1);
    uint32_t i = (uint32_t)at, j = i + 1 < n ? i + 1 : i;
    double lo = be(t + 12 + 2 * (size_t)i, 2), hi = be(t + 12 + 2 * (size_t)j, 2);
    return (lo + (hi - lo) * (at - i)) / 65535.0;
}

static bool curve_is_srgb(const struct profile *p, const char *tag)
{
    static const double xs[] = {0.02, 0.2, 0.5, 0.8};
    size_t size;
    const uint8_t *t = find_tag(p, tag, 14, &size);
    if (!t)
        return false;
    bool is_para = !memcmp(t, "para", 4) && be(t + 8, 2) == 3 && size >= 32;
    uint32_t n = be(t + 8, 4);
    bool is_table = !memcmp(t, "curv", 4) && n >= 16 && n <= (size - 12) / 2;
    for (int i = 0; i < 4 && (is_para || is_table); i++) {
        double x = xs[i], want = x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
        if (!(fabs(curve_at(t, is_para, n, x) - want) <= 0.002))
            return false;
    }
    return is_para || is_table;
}

/* Does the profile hold what its kind needs to say which colour a pixel has? */
static bool describes_colours(const struct profile *p, int bands)
{
    static const char *const matrix[] = {"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    if (has_tables(p) || (bands == 1 && has_tag(p, "kTRC")))
        return true;
    for (size_t i = 0; i < sizeof matrix / sizeof *matrix; i++)
        if (!has_tag(p, matrix[i]))
            return false;
    return bands == 3;
}

enum pc_icc_fit pc_icc_fit(const uint8_t *icc, size_t len, int bands)
{
    static const char *const models[5] = {[1] = "GRAY", [3] = "RGB ", [4] = "CMYK"};
    static const double srgb[3][3] = {
        {0.4361, 0.2225, 0.0139}, {0.3851, 0.7169, 0.0971}, {0.1431, 0.0606, 0.7141}};
    static const char *const classes[] = {"scnr", "mntr", "prtr", "spac"};
    const struct profile p = {icc, len};
    if (len <= 132 || memcmp(icc + 36, "acsp", 4) != 0 || be(icc, 4) > len)
        return PC_ICC_BROKEN;
    bool describes_devices = false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        describes_devices |= !memcmp(icc + 12, classes[i], 4);
    if (!describes_devices || !models[bands] || memcmp(icc + 16, models[bands], 4) != 0)
        return PC_ICC_OTHER_MODEL;
    if (!describes_colours(&p, bands))
        return PC_ICC_BROKEN;
    bool is_srgb = bands == 3 && !has_tables(&p) && colorant_is(&p, "rXYZ", srgb[0]) &&
                   colorant_is(&p, "gXYZ", srgb[1]) && colorant_is(&p, "bXYZ", srgb[2]) &&
                   curve_is_srgb(&p, "rTRC") && curve_is_srgb(&p, "gTRC") &&
                   curve_is_srgb(&p, "bTRC");
    return is_srgb ? PC_ICC_IS_SRGB : PC_ICC_FITS;
}

int pc_icc_intent(const uint8_t *icc, size_t len)
{
    const struct profile p = {icc, len};
    if (has_tag(&p, "A2B1") || !has_tables(&p))
        return 1;
    return has_tag(&p, "A2B0") ? 0 : 2;
}

const char *pc_icc_note(enum pc_icc_fit fit)
{
    static const char *const notes[] = {
        [PC_ICC_OTHER_MODEL] = "colour profile ignored: it is for another kind of colours",
        [PC_ICC_BROKEN] = "colour profile ignored: it is broken",
        [PC_ICC_IS_SRGB] = NULL};
    return notes[fit];
}
