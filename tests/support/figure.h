/* A drawn person, for tests on machines without photos: seen from the front, standing, arms beside
 * the body, in a long-sleeved top, trousers and shoes, in front of a plain wall. It is drawn by
 * arithmetic only, so the same size gives the same pixels. The pose model finds exactly one person
 * with all keypoints in it.
 *
 * Sizes: tried from 320 x 480 to 3000 x 4500, portrait, square and landscape. The figure is centred
 * and fits in both directions.
 */
#ifndef PC_TESTS_FIGURE_H
#define PC_TESTS_FIGURE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/geometry.h"

/* Fills rgb: w * h * 3 bytes, rows top down. */
void test_figure_draw(int w, int h, uint8_t *rgb);
/* Appends the same as a BMP file to out. */
void test_figure_bmp(int w, int h, struct pc_buf *out);
/* Where the keypoints are drawn; their score is 1. */
void test_figure_keypoints(int w, int h, struct pc_keypoint out[PC_KEYPOINT_COUNT]);
/* The box from the hair to the soles and from hand to hand. */
struct pc_box test_figure_box(int w, int h);

#endif
