#include "clock_in_hand.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/sync.h"

enum { LOOK_EVERY_MS = 10 };

static _Atomic int64_t advanced_ms;

/* names of the linker's; NOLINTBEGIN(bugprone-reserved-identifier) */
int64_t __real_pc_clock_mono_ms(void);
bool __real_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);
int64_t __wrap_pc_clock_wall_ms(void);
int64_t __wrap_pc_clock_mono_ms(void);
bool __wrap_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms);

void clock_advance_ms(int64_t ms)
{
    atomic_fetch_add(&advanced_ms, ms);
}

int64_t __wrap_pc_clock_wall_ms(void)
{
    return 1800000000000 + atomic_load(&advanced_ms);
}

int64_t __wrap_pc_clock_mono_ms(void)
{
    return 1000000 + atomic_load(&advanced_ms);
}

bool __wrap_pc_sync_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
    if (until_ms <= __wrap_pc_clock_mono_ms())
        return false;
    (void)__real_pc_sync_wait_until(cond, lock, __real_pc_clock_mono_ms() + LOOK_EVERY_MS);
    return true; /* the caller looks again */
}
/* NOLINTEND(bugprone-reserved-identifier) */
