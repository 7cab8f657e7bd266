/* What the tests of pose share: the installed model, and images without an image library. */
#ifndef PC_TESTS_POSE_SUPPORT_H
#define PC_TESTS_POSE_SUPPORT_H

#include "support.h"

#include "pose/pose.h"

/* Paths below share/ ("models", "lib/libonnxruntime.so.1"). Gives. */
char *test_share(const char *relative);
/* 0 when scripts/fetch-model has not run: then the caller skips. */
int test_has_model(void);
#define skip_without_model()                                                                       \
    do {                                                                                           \
        if (!test_has_model())                                                                     \
            skip_because("the model is not installed: run scripts/fetch-model");                   \
    } while (0)

/* cmocka compares floats only. */
void assert_near(double value, double wanted, double tolerance);

/* The installed model, or NULL when it is not. Fails the test when it cannot be loaded. */
struct pc_pose *test_pose_open(int max_people);

struct test_pixels { /* owns rgb */
    int w, h;
    uint8_t *rgb;
};
struct test_pixels test_pixels_grey(int w, int h);
struct test_pixels test_pixels_figure(int w, int h);
/* Lays b on a with its left top corner at (x, y). */
void test_pixels_paste(struct test_pixels *a, const struct test_pixels *b, int x, int y);

/* A source on the pixels; borrows them. Views are means over samples, enough for tests. */
struct pc_pose_source test_source_of(struct test_pixels *pixels);

#endif
