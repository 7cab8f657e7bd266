/* A drawn person, for tests on machines without photos: front view, standing, arms beside the body,
 * in a long-sleeved top, trousers and shoes, before a plain wall. Drawn by arithmetic only: the
 * same size gives the same pixels. The pose model finds one person and all landmarks in it.
 *
 * Sizes: tried from 320 x 480 to 3000 x 4500, portrait, square and landscape; the figure is centred
 * and fits both ways.
 */
#ifndef PC_TESTS_FIGURE_H
#define PC_TESTS_FIGURE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/geometry.h"

/* Fills rgb: w * h * 3 bytes, rows top down. */
void test_figure_draw(int w, int h, uint8_t *rgb);
/* The same as a BMP file, appended to out. */
void test_figure_bmp(int w, int h, struct pc_buf *out);
/* Where the landmarks were drawn; score is 1. */
void test_figure_landmarks(int w, int h, struct pc_keypoint out[PC_KEYPOINT_COUNT]);
/* The box from hair to soles and from hand to hand. */
struct pc_box test_figure_box(int w, int h);

#endif
