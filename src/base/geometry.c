#include "base/geometry.h"

#include <math.h>

#include "base/str.h"

static const char *const keypoint_names[PC_KEYPOINT_COUNT] = {
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle",
};

const char *pc_keypoint_name(enum pc_keypoint_id id)
{
    return keypoint_names[id];
}

int pc_keypoint_by_name(const char *name)
{
    for (int i = 0; i < PC_KEYPOINT_COUNT; i++)
        if (pc_str_eq(name, keypoint_names[i]))
            return i;
    return -1;
}

bool pc_ibox_equal(struct pc_ibox a, struct pc_ibox b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

double pc_box_area(struct pc_box b)
{
    return b.w > 0 && b.h > 0 ? b.w * b.h : 0;
}

struct pc_box pc_box_intersect(struct pc_box a, struct pc_box b)
{
    double x = fmax(a.x, b.x), y = fmax(a.y, b.y);
    double right = fmin(a.x + a.w, b.x + b.w), bottom = fmin(a.y + a.h, b.y + b.h);
    return (struct pc_box){x, y, fmax(right - x, 0), fmax(bottom - y, 0)};
}

double pc_box_iou(struct pc_box a, struct pc_box b)
{
    double shared = pc_box_area(pc_box_intersect(a, b));
    double all = pc_box_area(a) + pc_box_area(b) - shared;
    return all > 0 ? shared / all : 0;
}
