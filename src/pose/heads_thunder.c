/* Thunder: one body, the one in the middle. Each keypoint is a cell with high heat near the place
 * that the body's centre predicts. */
#include <float.h>
#include <math.h>

#include "pose/heads.h"

static const float SOFTEN = 1.7998046875F; /* cells: within this, distance hardly matters */

static float row(int cell)
{
    int y = cell / PC_GRID;
    return (float)y;
}

static float column(int cell)
{
    return (float)(cell % PC_GRID);
}

/* The largest sigmoid(heat) / (distance + SOFTEN). The distance is at least 0, so a cell whose heat
 * stays below best * SOFTEN can be skipped. */
static int find_cell(const float *heat, float ty, float tx)
{
    int best = 0;
    float most = 0, needed = -FLT_MAX;
    for (int i = 0; i < PC_CELLS; i++) {
        if (heat[i] <= needed)
            continue;
        float dy = row(i) - ty, dx = column(i) - tx;
        float score = pc_heads_sigmoid(heat[i]) / (sqrtf(dy * dy + dx * dx) + SOFTEN);
        if (score > most) {
            most = score;
            best = i;
            needed = pc_heads_logit(score * SOFTEN);
        }
    }
    return best;
}

void pc_heads_thunder(const struct pc_thunder_heads *heads,
                      struct pc_keypoint keypoints[PC_KEYPOINT_COUNT])
{
    int centre = 0;
    float most = -1;
    for (int i = 0; i < PC_CELLS; i++) {
        float c = pc_heads_sigmoid(heads->centre[i]) * heads->centre_weight[i];
        if (c > most) {
            most = c;
            centre = i;
        }
    }
    for (int k = 0; k < PC_KEYPOINT_COUNT; k++) {
        const float *heat = heads->heatmap + k * PC_CELLS;
        const float *to = heads->regression + 2 * k * PC_CELLS;
        const float *shift = heads->offset + 2 * k * PC_CELLS;
        float ty = row(centre) + to[centre];
        float tx = column(centre) + to[PC_CELLS + centre];
        int cell = find_cell(heat, ty, tx);
        float y = row(cell) + shift[cell];
        float x = column(cell) + shift[PC_CELLS + cell];
        keypoints[k] =
            (struct pc_keypoint){x * PC_STRIDE, y * PC_STRIDE, pc_heads_sigmoid(heat[cell])};
    }
}
