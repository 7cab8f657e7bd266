#include "faults.h"

#include "base/clock.h"
#include "blobs/drivers.h"
#include "queue/drivers.h"
#include "records/drivers.h"

struct test_faults test_records_faults, test_blobs_faults, test_queue_faults;

static enum pc_code inject(struct test_faults *t, struct pc_err *err)
{
    int waiting = atomic_fetch_add(&t->waiting, 1) + 1, most = atomic_load(&t->max_waiting);
    while (waiting > most && !atomic_compare_exchange_weak(&t->max_waiting, &most, waiting))
        ;
    atomic_fetch_add(&t->calls, 1);
    int64_t began = pc_clock_mono_ms();
    while (pc_clock_mono_ms() < began + atomic_load(&t->delay_ms)) /* a test may shorten it */
        pc_clock_sleep_ms(5);
    atomic_fetch_sub(&t->waiting, 1);
    enum pc_code code = (enum pc_code)atomic_load(&t->code);
    return code ? pc_fail_detail(err, code, "fault injected by a test") : PC_OK;
}

/* Defines SEAM_NAME(parameters): it injects the fault, then calls the memory driver. */
#define FAULTY(seam, name, parameters, arguments)                                                  \
    static enum pc_code seam##_##name parameters                                                   \
    {                                                                                              \
        enum pc_code rc = inject(&test_##seam##_faults, err);                                      \
        return rc ? rc : pc_##seam##_memory.name arguments;                                        \
    }

#define FAULTY_PING(seam)                                                                          \
    static enum pc_code seam##_ping(struct pc_##seam *self, struct pc_err *err)                    \
    {                                                                                              \
        (void)self;                                                                                \
        return inject(&test_##seam##_faults, err);                                                 \
    }

/* --- records --- */

FAULTY(records, insert_many,
       (struct pc_records * rs, const struct pc_record_new *fresh, int n, int64_t now_ms,
        struct pc_record *items, bool *created, struct pc_err *err),
       (rs, fresh, n, now_ms, items, created, err))
FAULTY(records, get, (struct pc_records * rs, int64_t id, struct pc_record *r, struct pc_err *err),
       (rs, id, r, err))
FAULTY(records, list,
       (struct pc_records * rs, const struct pc_record_query *q, struct pc_record_list *out,
        struct pc_err *err),
       (rs, q, out, err))
FAULTY(records, count,
       (struct pc_records * rs, const struct pc_record_query *within, int64_t *counts,
        int64_t *attention, int64_t *last_seq, struct pc_err *err),
       (rs, within, counts, attention, last_seq, err))
FAULTY(records, begin,
       (struct pc_records * rs, int64_t id, int64_t now_ms, struct pc_record *r,
        struct pc_err *err),
       (rs, id, now_ms, r, err))
FAULTY(records, finish,
       (struct pc_records * rs, int64_t id, int64_t now_ms,
        const struct pc_record_completion *result, struct pc_err *err),
       (rs, id, now_ms, result, err))
FAULTY(records, remove,
       (struct pc_records * rs, int64_t id, struct pc_record *r, struct pc_err *err),
       (rs, id, r, err))

FAULTY_PING(records)

const struct pc_records_driver *test_faulty_records(void)
{
    static struct pc_records_driver driver;
    if (driver.scheme)
        return &driver;
    driver = pc_records_memory;
    driver.insert_many = records_insert_many;
    driver.get = records_get;
    driver.list = records_list;
    driver.count = records_count;
    driver.begin = records_begin;
    driver.finish = records_finish;
    driver.remove = records_remove;
    driver.ping = records_ping;
    return &driver;
}

/* --- blobs --- */

FAULTY(blobs, read,
       (struct pc_blobs * bs, const char *key, struct pc_blob_reader **out, struct pc_err *err),
       (bs, key, out, err))
FAULTY(blobs, read_at,
       (struct pc_blob_reader * r, int64_t offset, void *data, size_t len, size_t *got,
        struct pc_err *err),
       (r, offset, data, len, got, err))

static enum pc_code blobs_commit(struct pc_blob_writer *w, const char *key, struct pc_err *err)
{
    enum pc_code rc = inject(&test_blobs_faults, err);
    if (!rc)
        return pc_blobs_memory.commit(w, key, err);
    pc_blobs_memory.abort(w);
    return rc;
}

FAULTY_PING(blobs)

const struct pc_blobs_driver *test_faulty_blobs(void)
{
    static struct pc_blobs_driver driver;
    if (driver.scheme)
        return &driver;
    driver = pc_blobs_memory;
    driver.read = blobs_read;
    driver.read_at = blobs_read_at;
    driver.commit = blobs_commit;
    driver.ping = blobs_ping;
    return &driver;
}

/* --- queue --- */

static _Atomic(void (*)(void *, int64_t, bool)) subscriber;
static _Atomic(void *) subscriber_ctx;
static atomic_int n_published;

FAULTY(queue, add,
       (struct pc_queue * q, int64_t image_id, const char *url, int priority, bool *added,
        struct pc_err *err),
       (q, image_id, url, priority, added, err))
FAULTY(queue, take,
       (struct pc_queue * q, int64_t wait_ms, struct pc_job *job, bool *got, struct pc_err *err),
       (q, wait_ms, job, got, err))

FAULTY_PING(queue)

static void queue_publish(struct pc_queue *q, int64_t image_id, bool removed)
{
    (void)q, (void)image_id, (void)removed;
    atomic_fetch_add(&n_published, 1);
}

static void queue_subscribe(struct pc_queue *q,
                            void (*on_notification)(void *ctx, int64_t image_id, bool removed),
                            void *ctx)
{
    (void)q;
    atomic_store(&subscriber_ctx, ctx);
    atomic_store(&subscriber, on_notification);
}

void test_queue_deliver(int64_t image_id, bool removed)
{
    atomic_load (&subscriber)(atomic_load(&subscriber_ctx), image_id, removed);
}

int test_queue_published(void)
{
    return atomic_load(&n_published);
}

const struct pc_queue_driver *test_faulty_queue(void)
{
    static struct pc_queue_driver driver;
    if (driver.publish)
        return &driver;
    driver = pc_queue_memory;
    driver.add = queue_add;
    driver.take = queue_take;
    driver.ping = queue_ping;
    driver.publish = queue_publish;
    driver.subscribe = queue_subscribe;
    return &driver;
}
