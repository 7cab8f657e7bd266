/* A service on memory drivers and, if wanted, the real networks, for tests of service, HTTP and
 * workers. Threads: start and stop from one thread. */
#ifndef PC_TESTS_FIXTURE_H
#define PC_TESTS_FIXTURE_H

#include "config/config.h"
#include "service/submit.h"

struct test_fixture {
    struct pc_config config; /* may be changed before test_fixture_start */
    bool faulty;             /* the same; true: uses the drivers of faults.h */
    struct pc_records *records;
    struct pc_queue *queue;
    struct pc_blobs *blobs;
    struct pc_fetch *fetch;
    struct pc_pose *pose;
    struct pc_recipe_set recipes;
    struct pc_service *service;
};

void test_fixture_init(struct test_fixture *p); /* settings only; loopback may be fetched from */
void test_fixture_start(struct test_fixture *p, bool with_pose);
void test_fixture_stop(struct test_fixture *p);
/* Setup and teardown of a test that needs the default settings and no networks; *state is a
 * struct test_fixture. */
int test_fixture_setup(void **state);
int test_fixture_teardown(void **state);
#define WITH_FIXTURE(fn)                                                                           \
    cmocka_unit_test_setup_teardown(fn, test_fixture_setup, test_fixture_teardown)

/* A BMP that is as small as possible. */
extern const unsigned char test_tiny_bmp[70];

/* Submits bytes as an upload and returns the id. Fails the test if the service rejects them. */
int64_t test_upload(struct test_fixture *p, const void *bytes, size_t len,
                    struct pc_submitted *out);

#endif
