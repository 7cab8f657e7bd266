#include "image/png_colour.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "image/cicp.h"
#include "image/icc_write.h"

enum { SIGNATURE_BYTES = 8, CHUNK_BYTES = 12 /* length, type and checksum */, MOST_CHUNKS = 1000 };

struct chunks { /* those before the pixels; NULL: not there */
    const uint8_t *cicp, *iccp, *srgb, *gama, *chrm;
};

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static struct chunks find_chunks(const uint8_t *b, size_t len)
{
    struct chunks found = {0};
    struct {
        const char *type;
        size_t least;
        const uint8_t **to;
    } wanted[] = {{"cICP", 4, &found.cicp},
                  {"iCCP", 3, &found.iccp},
                  {"sRGB", 1, &found.srgb},
                  {"gAMA", 4, &found.gama},
                  {"cHRM", 32, &found.chrm}};
    size_t at = SIGNATURE_BYTES;
    for (int n = 0; n < MOST_CHUNKS && at < len && len - at >= CHUNK_BYTES; n++) {
        size_t size = be32(b + at);
        if (size > len - at - CHUNK_BYTES || !memcmp(b + at + 4, "IDAT", 4))
            break;
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (!memcmp(b + at + 4, wanted[i].type, 4) && size >= wanted[i].least)
                *wanted[i].to = b + at + 8;
        at += CHUNK_BYTES + size;
    }
    return found;
}

static bool is_near(double a, double b, double by)
{
    return fabs(a - b) <= by;
}

/* 1/2.2 is what gAMA says of sRGB, whose curve it only comes near to. */
static bool is_srgb_gama(double gama)
{
    return is_near(2.2 * gama, 1, 0.02);
}

/* Fills primaries and white from cHRM; those of sRGB where there is none. False: they are sRGB's. */
static bool read_primaries(const uint8_t *chrm, cmsCIExyYTRIPLE *rgb, cmsCIExyY *white)
{
    static const double srgb[8] = {0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};
    double v[8];
    bool differs = false;
    for (int i = 0; i < 8; i++) {
        v[i] = chrm ? be32(chrm + 4 * i) / 100000.0 : srgb[i];
        differs |= !is_near(v[i], srgb[i], 0.002);
    }
    *white = (cmsCIExyY){v[0], v[1], 1};
    rgb->Red = (cmsCIExyY){v[2], v[3], 1};
    rgb->Green = (cmsCIExyY){v[4], v[5], 1};
    rgb->Blue = (cmsCIExyY){v[6], v[7], 1};
    return differs;
}

static bool profile_of(double gama, const uint8_t *chrm, bool is_grey, struct pc_buf *out)
{
    cmsCIExyYTRIPLE rgb;
    cmsCIExyY white;
    bool other_primaries = read_primaries(chrm, &rgb, &white) && !is_grey;
    if (is_srgb_gama(gama) && !other_primaries)
        return false;
    cmsToneCurve *curve = is_srgb_gama(gama) ? pc_icc_srgb_curve() : cmsBuildGamma(NULL, 1 / gama);
    cmsToneCurve *const curves[] = {curve, curve, curve};
    if (!curve)
        return false;
    bool made = pc_icc_write(is_grey ? cmsCreateGrayProfile(cmsD50_xyY(), curve)
                                     : cmsCreateRGBProfile(&white, &rgb, curves),
                             out);
    cmsFreeToneCurve(curve);
    return made;
}

enum pc_png_colour pc_png_colour(const void *bytes, size_t len, bool is_grey, struct pc_buf *out)
{
    enum { LEAST_GAMA = 1000, MOST_GAMA = 10000000 }; /* 0.01 to 100: others are nonsense */
    struct chunks chunks = find_chunks(bytes, len);
    /* As browsers do: a matrix or a narrow range, which PNG's RGB hardly has, makes cICP void. */
    bool cicp_counts = chunks.cicp && chunks.cicp[2] == 0 && chunks.cicp[3] == 1;
    if (cicp_counts && !is_grey)
        return pc_cicp_profile(chunks.cicp[0], chunks.cicp[1], out) ? PC_PNG_BY_PROFILE
                                                                    : PC_PNG_IS_SRGB;
    if (chunks.iccp || chunks.srgb || !chunks.gama)
        return PC_PNG_AS_EMBEDDED;
    uint32_t gama = be32(chunks.gama);
    if (gama < LEAST_GAMA || gama > MOST_GAMA ||
        !profile_of(gama / 100000.0, chunks.chrm, is_grey, out))
        return PC_PNG_AS_EMBEDDED;
    return PC_PNG_BY_PROFILE;
}

bool pc_png_is_of_app(const void *bytes, size_t len)
{
    return len >= 16 && !memcmp((const uint8_t *)bytes + 12, "CgBI", 4);
}
