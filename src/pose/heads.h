/* Reading MoveNet's heads: numbers in, people out. Pure; knows no runtime.
 *
 * A head is a tensor of channels planes of PC_GRID x PC_GRID cells, as the network leaves it (no
 * sigmoid yet). One cell is PC_STRIDE pixels of the network's input wide. All results are in pixels
 * of that input: 0..PC_INPUT_SIDE from left to right and from top to bottom.
 * In regression, offset, box_scale and box_offset, y stands before x.
 *
 * Formulas: the post-processing part of Google's published TensorFlow graphs (see
 * models/MODEL_CARD.md); numbers such as 0.30004883 are that graph's, stored in half precision.
 * Threads: safe.
 */
#ifndef PC_POSE_HEADS_H
#define PC_POSE_HEADS_H

#include "base/geometry.h"

enum { PC_GRID = 64, PC_STRIDE = 4, PC_INPUT_SIDE = 256, PC_CELLS = PC_GRID * PC_GRID };

struct pc_multipose_heads {
    const float *centre;     /* 1 plane: is a body's centre here? */
    const float *heatmap;    /* 17: is this keypoint here? */
    const float *regression; /* 34: from a body's centre to its keypoints, in cells */
    const float *offset;     /* 34: from a keypoint's cell to its place, in cells */
    const float *box_scale;  /* 2: height and width of the body's box, in cells */
    const float *box_offset; /* 2: from the cell to the box's centre, in cells */
};

/* Fills people with the six best candidates, good or bad, best centre first; n is how many there
 * are. The caller drops those of low score. Keypoints lie inside the box or just beside it. */
void pc_heads_multipose(const struct pc_multipose_heads *heads, struct pc_people *people);

struct pc_thunder_heads {
    const float *centre, *heatmap, *regression, *offset;
    const float *centre_weight; /* 1 plane of constants: prefers what is in the middle */
};

/* Fills the keypoints of the one body in the middle; there is always an answer. */
void pc_heads_thunder(const struct pc_thunder_heads *heads,
                      struct pc_keypoint keypoints[PC_KEYPOINT_COUNT]);

/* For both decoders. */
float pc_heads_sigmoid(float x);
float pc_heads_logit(float p); /* the x of which sigmoid is p; +-infinity from 1 and 0 on */

#endif
