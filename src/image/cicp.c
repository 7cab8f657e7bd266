/* ICC profiles for colour spaces that are given as numbers.
 *
 * Light is measured in units of the white of a sheet of paper: 203 cd/m2 in PQ and HLG (ITU-R
 * BT.2408). Up to 3/4 of it nothing changes, so that clothes keep their colours; the highlights above,
 * up to 1000 cd/m2, are pressed into the last quarter. */
#include "image/cicp.h"

#include <lcms2.h>
#include <math.h>

#include "image/icc_write.h"

enum { CURVE_POINTS = 4096 };

static const double paper_nits = 203, brightest_nits = 1000, knee = 0.75;

static bool find_primaries(unsigned number, cmsCIExyYTRIPLE *out, cmsCIExyY *white)
{
    static const struct {
        unsigned number;
        double r[2], g[2], b[2], white[2];
    } known[] = {
        {1, {.640, .330}, {.300, .600}, {.150, .060}, {.3127, .3290}},  /* BT.709, sRGB */
        {4, {.670, .330}, {.210, .710}, {.140, .080}, {.310, .316}},    /* NTSC 1953 */
        {5, {.640, .330}, {.290, .600}, {.150, .060}, {.3127, .3290}},  /* PAL */
        {6, {.630, .340}, {.310, .595}, {.155, .070}, {.3127, .3290}},  /* NTSC */
        {7, {.630, .340}, {.310, .595}, {.155, .070}, {.3127, .3290}},  /* SMPTE 240M */
        {8, {.681, .319}, {.243, .692}, {.145, .049}, {.310, .316}},    /* film */
        {9, {.708, .292}, {.170, .797}, {.131, .046}, {.3127, .3290}},  /* BT.2020 */
        {11, {.680, .320}, {.265, .690}, {.150, .060}, {.314, .351}},   /* DCI-P3 */
        {12, {.680, .320}, {.265, .690}, {.150, .060}, {.3127, .3290}}, /* Display P3 */
        {22, {.630, .340}, {.295, .605}, {.155, .077}, {.3127, .3290}}, /* EBU 3213 */
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].number != number)
            continue;
        *out = (cmsCIExyYTRIPLE){{known[i].r[0], known[i].r[1], 1},
                                 {known[i].g[0], known[i].g[1], 1},
                                 {known[i].b[0], known[i].b[1], 1}};
        *white = (cmsCIExyY){known[i].white[0], known[i].white[1], 1};
        return true;
    }
    return false;
}

/* SMPTE ST 2084: from a signal of 0 to 1 to cd/m2. */
static double pq_nits(double signal)
{
    double p = pow(signal, 32 / 2523.0);
    return 10000 * pow(fmax(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p), 16384 / 2610.0);
}

/* BT.2100: from a signal of 0 to 1 to cd/m2 of a screen that reaches 1000. */
static double hlg_nits(double signal)
{
    const double a = 0.17883277, b = 0.28466892, c = 0.55991073;
    double scene = signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12;
    return brightest_nits * pow(scene, 1.2);
}

/* Both in units of paper white, the result up to 1. */
static double tone_map(double light)
{
    if (light <= knee)
        return light;
    double over = (light - knee) / (1 - knee);
    double most = (brightest_nits / paper_nits - knee) / (1 - knee);
    return fmin(knee + (1 - knee) * over * (1 + over / (most * most)) / (1 + over), 1);
}

static cmsToneCurve *tone_mapped_curve(double (*nits)(double signal))
{
    static const double last = CURVE_POINTS - 1;
    cmsUInt16Number points[CURVE_POINTS];
    for (int i = 0; i < CURVE_POINTS; i++)
        points[i] = (cmsUInt16Number)lround(65535 * tone_map(nits(i / last) / paper_nits));
    return cmsBuildTabulatedToneCurve16(NULL, CURVE_POINTS, points);
}

/* NULL for the curve of sRGB. It also stands for those of television (BT.709, BT.601, BT.2020 and their
 * kin): they describe cameras, and screens show such images by the curve of sRGB. */
static cmsToneCurve *other_curve(unsigned transfer)
{
    switch (transfer) {
    case 4: return cmsBuildGamma(NULL, 2.2);
    case 5: return cmsBuildGamma(NULL, 2.8);
    case 8: return cmsBuildGamma(NULL, 1);
    case 16: return tone_mapped_curve(pq_nits);
    case 17: return cmsBuildGamma(NULL, 2.6);
    case 18: return tone_mapped_curve(hlg_nits);
    default: return NULL;
    }
}

bool pc_cicp_profile(unsigned primaries, unsigned transfer, struct pc_buf *out)
{
    cmsCIExyYTRIPLE rgb;
    cmsCIExyY white;
    if (!find_primaries(primaries, &rgb, &white))
        find_primaries(primaries = 1, &rgb, &white);
    cmsToneCurve *curve = other_curve(transfer);
    if (primaries == 1 && !curve)
        return false;
    if (!curve)
        curve = pc_icc_srgb_curve();
    cmsToneCurve *const curves[] = {curve, curve, curve};
    bool made = curve && pc_icc_write(cmsCreateRGBProfile(&white, &rgb, curves), out);
    cmsFreeToneCurve(curve);
    return made;
}
