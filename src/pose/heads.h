/* Decodes MoveNet's heads (its output tensors) into people. Pure; independent of ONNX Runtime.
 *
 * A head is a tensor of channels planes of PC_GRID x PC_GRID cells, as the network leaves it (no
 * sigmoid yet). One cell is PC_STRIDE pixels of the network's input wide. All results are in pixels
 * of that input: 0..PC_INPUT_SIDE from left to right and from top to bottom.
 * In regression, offset, box_scale and box_offset, y comes before x.
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

/* Fills people with the six candidates whose centres score highest, however low that is, in this
 * order; n is their number. The caller drops those of low score. Keypoints lie inside the box or
 * just outside it. */
void pc_heads_multipose(const struct pc_multipose_heads *heads, struct pc_people *people);

struct pc_thunder_heads {
    const float *centre, *heatmap, *regression, *offset;
    const float *centre_weight; /* 1 plane of constants: gives weight to the middle of the image */
};

/* Fills the keypoints of the body nearest to the middle, even if there is no body at all. */
void pc_heads_thunder(const struct pc_thunder_heads *heads,
                      struct pc_keypoint keypoints[PC_KEYPOINT_COUNT]);

/* For both decoders. */
float pc_heads_sigmoid(float x);
float pc_heads_logit(float p); /* inverse of sigmoid; +-infinity outside (0, 1) */

#endif
