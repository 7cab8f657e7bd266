/* Images that were cut, and what people do to them: the service on memory drivers, with drawn
 * figures in place of a network. */
#ifndef PC_TESTS_SERVICE_CUT_IMAGES_H
#define PC_TESTS_SERVICE_CUT_IMAGES_H

#include "fixture.h"

enum { W = 2000, H = 1250 }; /* of every image */

/* Who is in an image, for people_of and add. */
#define ONE "[{\"figure\": \"standing\"}]"
#define TWO                                                                                        \
    "[{\"figure\": \"standing\", \"scale\": 0.5, \"shift\": [1200, 300]}, "                        \
    "{\"figure\": \"standing\"}]"

struct pc_people people_of(const char *who);

/* A new record, pending. Returns its id. */
int64_t insert(struct test_fixture *p, const struct pc_record_new *fresh);
/* Does what a worker does with a pending image, except for pixels: plans it by its edits and
 * finishes it. */
void cut(struct test_fixture *p, int64_t id, const struct pc_people *people);
/* A new image with these people, cut. Returns its id. */
int64_t add(struct test_fixture *p, const char *url, const char *batch, const char *who);
struct pc_record get(struct test_fixture *p, int64_t id);

/* Sets the person (-1: the recipes choose). */
enum pc_code edit_person(struct test_fixture *p, int64_t id, int64_t person, struct pc_err *err);
/* Sets the box of a shot; NULL: back to the planned one. */
enum pc_code edit_box(struct test_fixture *p, int64_t id, const char *label,
                      const struct pc_ibox *box, struct pc_err *err);
/* The stored box of a shot. Fails the test when there is none. */
struct pc_ibox box_of(struct test_fixture *p, int64_t id, const char *label);
void expect_box(struct pc_ibox box, struct pc_ibox wanted);
void expect_jobs(struct test_fixture *p, int waiting);

/* The shot with this label. Fails the test when there is none. Borrows. */
const struct pc_record_shot *shot(const struct pc_record_result *result, const char *label);

#endif
