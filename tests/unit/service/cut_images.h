/* Images that were cut, and what people do to them: the service on memory drivers, figures of data
 * instead of a network. */
#ifndef PC_TESTS_SERVICE_HANDS_H
#define PC_TESTS_SERVICE_HANDS_H

#include "fixture.h"

enum { W = 2000, H = 1250 }; /* of every picture */

/* Who is on a picture, for people_of and add. */
#define ONE "[{\"figure\": \"standing\"}]"
#define TWO                                                                                        \
    "[{\"figure\": \"standing\", \"scale\": 0.5, \"shift\": [1200, 300]}, "                        \
    "{\"figure\": \"standing\"}]"

struct pc_people people_of(const char *who);

/* A new record, which waits. Answers its id. */
int64_t insert(struct test_fixture *p, const struct pc_record_new *fresh);
/* What a worker does with a pending image, but for pixels: planned by its edits, finished. */
void cut(struct test_fixture *p, int64_t id, const struct pc_people *people);
/* A new image with these people, cut. Answers its id. */
int64_t add(struct test_fixture *p, const char *url, const char *batch, const char *who);
struct pc_record get(struct test_fixture *p, int64_t id);

/* An edit as JSON; its answer is dropped. */
enum pc_code edit(struct test_fixture *p, int64_t id, const char *change, struct pc_err *err);
/* The edit that moves the box of this shot. Gives. */
char *change_of(struct test_fixture *p, int64_t id, const char *label, int dx, int dy);
void expect_jobs(struct test_fixture *p, int waiting);

/* The one of the list with this label; box and number of an object. They fail the test when there
 * is none. */
json_t *shot(const json_t *list, const char *label);
void box_of(const json_t *o, const char *field, int out[4]);
int64_t number(const json_t *o, const char *key);

#endif
