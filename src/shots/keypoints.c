#include "shots/keypoints.h"

#include "base/str.h"

const char *pc_body_keypoint_name(int id)
{
    static const char *const derived[] = {
#define PC_BODY_KEYPOINT(id, name) name,
#include "shots/keypoints.def"
#undef PC_BODY_KEYPOINT
    };
    if (id < 0 || id >= PC_BODY_KEYPOINT_COUNT)
        return "";
    return id < PC_KEYPOINT_COUNT ? pc_keypoint_name((enum pc_keypoint_id)id)
                                  : derived[id - PC_KEYPOINT_COUNT];
}

int pc_body_keypoint_by_name(const char *name)
{
    for (int i = 0; i < PC_BODY_KEYPOINT_COUNT; i++)
        if (pc_str_eq(name, pc_body_keypoint_name(i)))
            return i;
    return PC_BODY_KEYPOINT_NONE;
}
