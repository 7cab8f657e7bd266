#include "shots/recipe_spec.h"

const char *pc_recipe_headless_name(enum pc_recipe_headless h)
{
    static const char *const names[PC_HEADLESS_COUNT] = {"no",         "eyes",  "eyes_nose", "nose",
                                                         "nose_mouth", "mouth", "under_face"};
    return h < PC_HEADLESS_COUNT ? names[h] : "";
}

uint64_t pc_recipe_headless_avoid(enum pc_recipe_headless h)
{
    if (h == PC_HEADLESS_NO)
        return 0;
    return h <= PC_HEADLESS_EYES_NOSE ? PC_BODY_BIT(PC_LEFT_EYE) | PC_BODY_BIT(PC_RIGHT_EYE)
                                      : PC_FACE_BITS;
}

const char *pc_recipe_format_name(enum pc_recipe_format f)
{
    static const char *const names[] = {"jpeg", "png", "webp", "avif"};
    return f <= PC_RECIPE_AVIF ? names[f] : "";
}

uint64_t pc_recipe_held(const struct pc_recipe *r)
{
    const uint64_t head = PC_FACE_BITS | PC_BODY_BIT(PC_BODY_CROWN) | PC_BODY_BIT(PC_BODY_EYES) |
                          PC_BODY_BIT(PC_BODY_MOUTH) | PC_BODY_BIT(PC_BODY_CHIN);
    return r->headless == PC_HEADLESS_NO ? r->keep : r->keep & ~head;
}
