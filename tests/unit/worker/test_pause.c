/* A stop ends the pause of workers. This program is linked with --wrap, so that time can stand still:
 * then no wait ends by itself, and a stop that woke nobody would hang. */
#include "support.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/sync.h"
#include "faults.h"
#include "fixture.h"
#include "image/image.h"
#include "worker/pool.h"

enum { N_WORKERS = 2, FIRST_PAUSE_MS = 1000, GRACE_MS = 60 * 1000 };

static _Atomic int64_t frozen_at_ms; /* 0: time goes on */
static atomic_int n_pausing;

/* names of the linker's; NOLINTBEGIN(bugprone-reserved-identifier) */
int64_t __real_pc_clock_mono_ms(void);
bool __real_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);
int64_t __wrap_pc_clock_mono_ms(void);
bool __wrap_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);

int64_t __wrap_pc_clock_mono_ms(void)
{
    int64_t frozen_ms = atomic_load(&frozen_at_ms);
    return frozen_ms ? frozen_ms : __real_pc_clock_mono_ms();
}

bool __wrap_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    int64_t frozen_ms = atomic_load(&frozen_at_ms);
    if (!frozen_ms)
        return __real_pc_sync_wait_until(cond, lock, until_ms);
    bool pauses = until_ms == frozen_ms + FIRST_PAUSE_MS;
    atomic_fetch_add(&n_pausing, pauses);
    pthread_cond_wait(cond, lock);
    atomic_fetch_sub(&n_pausing, pauses);
    return true;
}
/* NOLINTEND(bugprone-reserved-identifier) */

static void workers_stop_while_they_pause(void **state)
{
    struct test_fixture p;
    struct pc_err err = PC_ERR_INIT;
    struct pc_worker_pool *pool = NULL;
    (void)state;
    assert_ok(pc_image_startup(&err), &err);
    test_fixture_init(&p);
    p.faulty = true;
    test_fixture_start(&p, false);
    atomic_store(&test_queue_faults.code, PC_E_QUEUE_UNAVAILABLE);
    atomic_store(&frozen_at_ms, __real_pc_clock_mono_ms());
    assert_ok(pc_worker_pool_start(p.service, p.queue, N_WORKERS, &pool, &err), &err);
    while (atomic_load(&n_pausing) < N_WORKERS) /* meson ends a test that hangs */
        pc_clock_sleep_ms(1);
    pc_worker_pool_stop(pool, GRACE_MS);
    assert_int_equal(atomic_load(&n_pausing), 0);
    atomic_store(&frozen_at_ms, 0);
    atomic_store(&test_queue_faults.code, 0);
    test_fixture_stop(&p);
    pc_image_shutdown();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(workers_stop_while_they_pause)};
    return cmocka_run_group_tests_name("pause", tests, NULL, NULL);
}
