/* Stores that are slow or fail on demand, as if they were across a network.
 *
 * The drivers are the memory drivers. Each call on a store first waits delay_ms.
 * Then it fails with code if that is set, or else asks the memory driver.
 *
 * Threads: the fields may be set at any time.
 */
#ifndef PC_TESTS_FAULTS_H
#define PC_TESTS_FAULTS_H

#include <stdatomic.h>

#include "blobs/driver.h"
#include "queue/driver.h"
#include "records/driver.h"

struct test_faults {
    atomic_int delay_ms;
    atomic_int code;        /* an enum pc_code; 0: calls work */
    atomic_int waiting;     /* calls that wait now */
    atomic_int max_waiting; /* most calls that waited at the same time */
    atomic_int calls;       /* number of calls so far */
};
extern struct test_faults test_records_faults, test_blobs_faults, test_queue_faults;

/* Each returns the same driver every time; borrows. */
const struct pc_records_driver *test_faulty_records(void);
const struct pc_blobs_driver *test_faulty_blobs(void);
const struct pc_queue_driver *test_faulty_queue(void);

/* Delivers a notification as if another process had published it. The queue must be open and have a
 * subscriber. */
void test_queue_deliver(int64_t image_id, bool removed);
/* The number of notifications that this process has published. */
int test_queue_published(void);

#endif
