/* Boxes, landmarks and people: the words that pose, shots and records share.
 *
 * Coordinates: origin at the top-left corner of the upright picture (after EXIF orientation), x to
 * the right, y down, in pixels, continuous: pixel (0, 0) covers [0, 1) x [0, 1).
 * Boxes are half-open: a box {x=10, y=20, w=5, h=5} holds the pixels 10..14 and 20..24, not 15.
 * Left and right are the person's own: in a front view the left shoulder has the larger x.
 */
#ifndef PC_BASE_GEOMETRY_H
#define PC_BASE_GEOMETRY_H

struct pc_point {
    double x, y;
};

struct pc_box { /* continuous */
    double x, y, w, h;
};

struct pc_ibox { /* whole pixels */
    int x, y, w, h;
};

enum pc_keypoint_id { /* the order of COCO-17 */
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
/* The landmark of that name, or -1. */
int pc_keypoint_by_name(const char *name);

struct pc_keypoint {
    double x, y;  /* may lie outside the picture when the body does */
    double score; /* 0..1; MoveNet's are low: about .2 is a seen point */
};

enum { PC_MAX_PEOPLE = 6 };

struct pc_person {
    double score;      /* 0..1: that a person is here */
    struct pc_box box; /* the detector's tight box: hair, shoes and hem inside */
    struct pc_keypoint keypoints[PC_KEYPOINT_COUNT];
};

struct pc_people { /* ordered by score, best first */
    int n;
    struct pc_person p[PC_MAX_PEOPLE];
};

double pc_box_area(struct pc_box b);
struct pc_box pc_box_intersect(struct pc_box a, struct pc_box b); /* w or h 0 when apart */
double pc_box_iou(struct pc_box a, struct pc_box b);

#endif
