#include "pose/movenet.h"

#include "pose/heads.h"

static const float SCALE = 0.007843017578125F; /* 1 / 127.5 in half precision, as in the model */

#define HEAD(head, planes)                                                                         \
    {                                                                                              \
        .name = (head), .channels = (planes), .side = PC_GRID                                      \
    }
#define IMAGE                                                                                      \
    {                                                                                              \
        .name = "image", .channels = 3, .side = PC_INPUT_SIDE                                      \
    }

enum { CENTRE, HEATMAP, REGRESSION, OFFSET, BOX_SCALE, BOX_OFFSET, CENTRE_WEIGHT = 4 };

/* Names and shapes: models/convert.py. */
const struct pc_model_spec pc_movenet_multipose = {
    .input = IMAGE,
    .n_heads = 6,
    .heads = {[CENTRE] = HEAD("centre", 1),
              [HEATMAP] = HEAD("heatmap", 17),
              [REGRESSION] = HEAD("regression", 34),
              [OFFSET] = HEAD("offset", 34),
              [BOX_SCALE] = HEAD("box_scale", 2),
              [BOX_OFFSET] = HEAD("box_offset", 2)},
};
const struct pc_model_spec pc_movenet_thunder = {
    .input = IMAGE,
    .n_heads = 5,
    .heads = {[CENTRE] = HEAD("centre", 1),
              [HEATMAP] = HEAD("heatmap", 17),
              [REGRESSION] = HEAD("regression", 34),
              [OFFSET] = HEAD("offset", 34),
              [CENTRE_WEIGHT] = HEAD("centre_weight", 1)},
};

void pc_movenet_fill(struct pc_run *run, const uint8_t *rgb)
{
    enum { N = PC_INPUT_SIDE * PC_INPUT_SIDE };
    float *planes = run->input;
    for (int i = 0; i < N; i++) {
        planes[i] = (float)rgb[3 * i] * SCALE - 1;
        planes[N + i] = (float)rgb[3 * i + 1] * SCALE - 1;
        planes[2 * N + i] = (float)rgb[3 * i + 2] * SCALE - 1;
    }
}

void pc_movenet_read_multipose(const struct pc_run *run, struct pc_people *people)
{
    const struct pc_multipose_heads heads = {
        .centre = run->heads[CENTRE],
        .heatmap = run->heads[HEATMAP],
        .regression = run->heads[REGRESSION],
        .offset = run->heads[OFFSET],
        .box_scale = run->heads[BOX_SCALE],
        .box_offset = run->heads[BOX_OFFSET],
    };
    pc_heads_multipose(&heads, people);
}

void pc_movenet_read_thunder(const struct pc_run *run,
                             struct pc_keypoint keypoints[PC_KEYPOINT_COUNT])
{
    const struct pc_thunder_heads heads = {
        .centre = run->heads[CENTRE],
        .heatmap = run->heads[HEATMAP],
        .regression = run->heads[REGRESSION],
        .offset = run->heads[OFFSET],
        .centre_weight = run->heads[CENTRE_WEIGHT],
    };
    pc_heads_thunder(&heads, keypoints);
}
