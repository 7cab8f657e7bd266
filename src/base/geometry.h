/* Boxes, keypoints and people: the types that pose, shots and records share.
 *
 * Coordinates: the origin is the top-left corner of the upright image (after EXIF orientation), x
 * goes right and y down, in continuous pixels: pixel (0, 0) covers [0, 1) x [0, 1).
 * Boxes are half-open: the box {x=10, y=20, w=5, h=5} has the pixels 10..14 and 20..24, not 15.
 * Left and right are the person's own: seen from the front, the left shoulder has the larger x.
 */
#ifndef PC_BASE_GEOMETRY_H
#define PC_BASE_GEOMETRY_H

#include <stdbool.h>

struct pc_point {
    double x, y;
};

struct pc_box { /* continuous */
    double x, y, w, h;
};

struct pc_ibox { /* whole pixels */
    int x, y, w, h;
};

enum pc_keypoint_id { /* in the order of COCO-17 */
                      PC_NOSE,
                      PC_LEFT_EYE,
                      PC_RIGHT_EYE,
                      PC_LEFT_EAR,
                      PC_RIGHT_EAR,
                      PC_LEFT_SHOULDER,
                      PC_RIGHT_SHOULDER,
                      PC_LEFT_ELBOW,
                      PC_RIGHT_ELBOW,
                      PC_LEFT_WRIST,
                      PC_RIGHT_WRIST,
                      PC_LEFT_HIP,
                      PC_RIGHT_HIP,
                      PC_LEFT_KNEE,
                      PC_RIGHT_KNEE,
                      PC_LEFT_ANKLE,
                      PC_RIGHT_ANKLE,
                      PC_KEYPOINT_COUNT
};

/* "nose", "left_eye", ...: COCO's names. */
const char *pc_keypoint_name(enum pc_keypoint_id id);
/* The keypoint of that name, or -1. */
int pc_keypoint_by_name(const char *name);

struct pc_keypoint {
    double x, y;  /* outside of the image where the body is */
    double score; /* 0..1. MoveNet's are low: a point at about .2 is visible */
};

enum { PC_MAX_PEOPLE = 6 };

struct pc_person {
    double score;      /* 0..1: how sure it is that there is a person */
    struct pc_box box; /* the detector's tight box, with hair, shoes and hem */
    struct pc_keypoint keypoints[PC_KEYPOINT_COUNT];
};

struct pc_people { /* ordered by score, best first */
    int n;
    struct pc_person p[PC_MAX_PEOPLE];
};

bool pc_ibox_equal(struct pc_ibox a, struct pc_ibox b);
double pc_box_area(struct pc_box b);
struct pc_box pc_box_intersect(struct pc_box a,
                               struct pc_box b); /* w or h is 0 when they are apart */
/* Intersection over union, 0..1. */
double pc_box_iou(struct pc_box a, struct pc_box b);

#endif
