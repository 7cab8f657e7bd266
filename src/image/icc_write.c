#include "image/icc_write.h"

bool pc_icc_write(cmsHPROFILE profile, struct pc_buf *out)
{
    cmsUInt32Number len = 0;
    bool done = false;
    if (!profile)
        return false;
    if (cmsSaveProfileToMem(profile, NULL, &len) && len > 0) {
        pc_buf_reserve(out, len);
        done = cmsSaveProfileToMem(profile, out->data + out->len, &len);
        out->len += done ? len : 0;
        out->data[out->len] = 0;
    }
    cmsCloseProfile(profile);
    return done;
}

cmsToneCurve *pc_icc_srgb_curve(void)
{
    static const double srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    return cmsBuildParametricToneCurve(NULL, 4, srgb);
}
