/* Waiting for another thread, and between attempts. */
#include "base/backoff.h"
#include "base/clock.h"
#include "base/sync.h"
#include "support.h"

static void a_backoff_doubles_up_to_its_limit(void **state)
{
    (void)state;
    struct pc_backoff backoff = {.first_ms = 100, .max_ms = 700};
    static const int64_t waits_ms[] = {100, 200, 400, 700, 700};
    for (int round = 0; round < 2; round++) {
        assert_int_equal(backoff.current_ms, 0);
        for (size_t i = 0; i < sizeof waits_ms / sizeof *waits_ms; i++) {
            assert_int_equal(pc_backoff_next_ms(&backoff), waits_ms[i]);
            assert_int_equal(backoff.current_ms, waits_ms[i]);
        }
        pc_backoff_reset(&backoff);
    }
    struct pc_backoff longest = {.first_ms = INT64_MAX / 3, .max_ms = INT64_MAX};
    for (int i = 0; i < 4; i++)
        assert_true(pc_backoff_next_ms(&longest) > 0);
    assert_true(longest.current_ms == INT64_MAX);
}

static void jitter_is_between_half_and_all(void **state)
{
    (void)state;
    int64_t least = INT64_MAX, most = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t wait_ms = pc_backoff_jitter_ms(1000);
        least = wait_ms < least ? wait_ms : least;
        most = wait_ms > most ? wait_ms : most;
    }
    assert_in_range(least, 500, 600);
    assert_in_range(most, 900, 1000);
    assert_int_equal(pc_backoff_jitter_ms(0), 0);
}

struct box {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool full;
};

static void *fill_later(void *ctx)
{
    struct box *box = ctx;
    pc_clock_sleep_ms(50);
    pthread_mutex_lock(&box->lock);
    box->full = true;
    pthread_cond_signal(&box->changed);
    pthread_mutex_unlock(&box->lock);
    return NULL;
}

static bool wait_for_full(struct box *box, int64_t until_ms)
{
    pthread_mutex_lock(&box->lock);
    while (!box->full && pc_sync_wait_until(&box->changed, &box->lock, until_ms))
        ;
    bool full = box->full;
    pthread_mutex_unlock(&box->lock);
    return full;
}

static void a_wait_ends_at_its_time_or_with_the_signal(void **state)
{
    (void)state;
    struct box box = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    pc_sync_cond_init(&box.changed);
    int64_t start_ms = pc_clock_mono_ms();
    assert_false(wait_for_full(&box, start_ms + 60));
    assert_true(pc_clock_mono_ms() - start_ms >= 60);
    assert_false(wait_for_full(&box, start_ms)); /* in the past */
    assert_false(wait_for_full(&box, INT64_MIN));
    const int64_t limits_ms[] = {pc_clock_mono_ms() + 60000, INT64_MAX};
    for (int i = 0; i < 2; i++) {
        box.full = false;
        assert_int_equal(pthread_create(&thread, NULL, fill_later, &box), 0);
        assert_true(wait_for_full(&box, limits_ms[i]));
        pthread_join(thread, NULL);
    }
    pthread_cond_destroy(&box.changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backoff_doubles_up_to_its_limit),
        cmocka_unit_test(jitter_is_between_half_and_all),
        cmocka_unit_test(a_wait_ends_at_its_time_or_with_the_signal),
    };
    return cmocka_run_group_tests_name("base-waiting", tests, NULL, NULL);
}
