/* COCO keypoint files from outside: read, turned, and measured against a body. */
#include <stddef.h>
#include <stdint.h>

#include "eval/ground_truth.h"
#include "eval/measure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void measure(const struct pc_ground_truth_image *image, const struct pc_people *people)
{
    int found_of[64], truth_of[PC_MAX_PEOPLE];
    if (image->n > 64)
        return;
    pc_measure_match(image, people, found_of, truth_of);
    for (int i = 0; i < image->n; i++) {
        double oks = pc_measure_oks(&image->people[i], people->p[0].keypoints);
        int right = pc_measure_pck(&image->people[i], people->p[0].keypoints);
        if (!(oks >= 0 && oks <= 1) || right < 0 || right > image->people[i].n_labelled)
            __builtin_trap();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pc_ground_truth truth;
    struct pc_err err = PC_ERR_INIT;
    struct pc_people people = {.n = 1, .p[0].box = {10, 10, 50, 100}};
    if (pc_ground_truth_parse((const char *)data, size, &truth, &err) != PC_OK)
        return 0;
    for (int i = 0; i < truth.n; i++) {
        int orientation = 1 + (int)(size % 8);
        if (pc_ground_truth_upright(&truth.images[i], orientation, 64, 48, &err) == PC_OK)
            measure(&truth.images[i], &people);
    }
    pc_ground_truth_finish(&truth);
    return 0;
}
