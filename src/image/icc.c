/* Most images that carry a profile carry sRGB's, and then no transform is needed.
 *
 * A profile is recognised by what it does, not by its name: the three colorants (sRGB's primaries adapted to D50,
 * IEC 61966-2-1 and ICC.1:2010) and the curve at three points. A profile with look-up tables, or
 * of a kind not understood here, counts as another one and takes the long way. */
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

bool pc_icc_is_srgb(const uint8_t *icc, size_t len)
{
    static const double r[3] = {0.4361, 0.2225, 0.0139}, g[3] = {0.3851, 0.7169, 0.0971},
                        b[3] = {0.1431, 0.0606, 0.7141};
    struct profile p = {icc, len};
    size_t size;
    return len > 132 && !memcmp(icc + 16, "RGB ", 4) && !find_tag(&p, "A2B0", 0, &size) &&
           colorant_is(&p, "rXYZ", r) && colorant_is(&p, "gXYZ", g) && colorant_is(&p, "bXYZ", b) &&
           curve_is_srgb(&p, "rTRC") && curve_is_srgb(&p, "gTRC") && curve_is_srgb(&p, "bTRC");
}
