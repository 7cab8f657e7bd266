/* Faults in front of the real memory drivers: stores across a network, slow or away, on demand.
 *
 * The drivers are the memory ones with `remote` set; each call on a store first waits delay_ms,
 * then answers code instead of asking, where one is set. Threads: the fields may be set at any
 * time.
 */
#ifndef PC_TESTS_TROUBLE_H
#define PC_TESTS_TROUBLE_H

#include <stdatomic.h>

#include "blobs/driver.h"
#include "queue/driver.h"
#include "records/driver.h"

struct test_faults {
    atomic_int delay_ms;
    atomic_int code;   /* enum pc_code; 0: works */
    atomic_int inside; /* calls that wait now */
    atomic_int most;   /* of them at once */
    atomic_int asked;  /* calls in all */
};
extern struct test_faults test_records_faults, test_blobs_faults, test_queue_faults;

/* Borrows, the same each time. */
const struct pc_records_driver *test_faulty_records(void);
const struct pc_blobs_driver *test_faulty_blobs(void);
const struct pc_queue_driver *test_faulty_queue(void);

/* As another process would tell it. Only while the queue is open and listened to. */
void test_queue_deliver(int64_t image_id, bool removed);
/* What this process told so far. */
int test_queue_published(void);

#endif
