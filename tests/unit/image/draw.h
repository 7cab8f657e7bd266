/* Images that the tests make themselves. */
#ifndef PC_TESTS_IMAGE_DRAW_H
#define PC_TESTS_IMAGE_DRAW_H

#include "image/image.h"
#include "support.h"

/* Group fixtures: the image library. */
int image_setup(void **state);
int image_teardown(void **state);

/* What a drawn image holds at (x, y). */
typedef void draw_fn(int x, int y, int width, int height, uint8_t rgb[3]);
draw_fn draw_ramps;  /* red grows to the right, green downwards, blue is flat */
draw_fn draw_object; /* a red block on light grey: columns and rows from 1/4 to 1/2 */

/* A 24-bit BMP, bottom-up. Appends to out. */
void draw_bmp(draw_fn *draw, int width, int height, struct pc_buf *out);
/* The image of draw_bmp, opened. Gives. */
struct pc_image *draw_image(draw_fn *draw, int width, int height);

/* All pixels of an open image: width * height * 3 bytes. Gives. */
uint8_t *pixels_of(const struct pc_image *image);
/* Opens or fails the test. Gives. */
struct pc_image *open_bytes(const struct pc_buf *bytes);
/* Reads a file below the source tree. */
void read_source(const char *relative, struct pc_buf *out);
/* Reads a file of tests/data/image/corpus. */
void read_corpus(const char *name, struct pc_buf *out);
/* Fails unless both files show the same image, pixel by pixel, and it is not all of one colour. */
void assert_same_image(const struct pc_buf *a, const struct pc_buf *b);

/* Images in tests/data/image/corpus show one drawing of 40 x 28 pixels. */
struct corpus_case {
    const char *name;
    double tolerance; /* mean difference from the drawing, over all pixels and colours */
    double alpha;     /* with which the drawing is laid on white */
    bool grey;
};
/* Fails at the first image that differs by more than its tolerance. */
void check_corpus(const struct corpus_case *cases, size_t n);

#endif
