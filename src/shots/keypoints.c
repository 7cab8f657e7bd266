#include "shots/keypoints.h"

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
