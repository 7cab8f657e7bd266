#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "records/drivers.h"
#include "service/registry.h"

static struct pc_recipe_set setting;

struct fixture { /* a store, and the registries of two processes at it */
    struct pc_records *store;
    struct pc_registry *ours, *theirs;
};

static int start(void **state)
{
    static struct fixture fixture;
    struct pc_err err = PC_ERR_INIT;
    pc_recipes_default(&setting);
    assert_ok(pc_records_open(&pc_records_memory, "memory:", &fixture.store, &err), &err);
    fixture.ours = pc_registry_open(fixture.store, &setting, true);
    fixture.theirs = pc_registry_open(fixture.store, &setting, false);
    *state = &fixture;
    return 0;
}

static int stop(void **state)
{
    struct fixture *fixture = *state;
    pc_registry_close(fixture->ours);
    pc_registry_close(fixture->theirs);
    pc_records_close(fixture->store);
    pc_recipes_finish(&setting);
    return 0;
}

static int count(const char *const *labels)
{
    int n = 0;
    while (labels && labels[n])
        n++;
    return n;
}

/* Are these the active recipes, in this order? labels: those to choose, or NULL. */
static void expect_active(struct pc_registry *registry, const char *const *labels,
                          const char *const *wanted, enum pc_registry_source source,
                          int64_t version)
{
    struct pc_registry_ref ref;
    int n = 0;
    pc_registry_acquire(registry, labels, count(labels), &ref);
    for (; wanted[n]; n++) {
        assert_true(n < ref.recipes->n);
        assert_string_equal(ref.recipes->r[n].label, wanted[n]);
    }
    assert_int_equal(ref.recipes->n, n);
    assert_int_equal(ref.source, source);
    assert_int_equal(ref.version, version);
    pc_registry_release(registry, &ref);
}

static const char *const five[] = {"neck", "sleeve", "zoom", "waist", "length", NULL};
static const char *const two[] = {"neck", "shoes", NULL};
static const char *const one[] = {"zoom", NULL};

static void the_setting_is_active_until_a_text_is_stored(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_registry_ref before;
    expect_active(s->ours, NULL, five, PC_REGISTRY_DEFAULT, 0);
    expect_active(s->theirs, NULL, five, PC_REGISTRY_SETTING, 0);
    pc_registry_acquire(s->ours, NULL, 0, &before);
    assert_ok(pc_registry_put(s->ours, "[\"neck\", \"shoes\"]", 0, &err), &err);
    expect_active(s->ours, NULL, two, PC_REGISTRY_PAGE, 1);
    assert_int_equal(before.recipes->n, 5); /* a reference keeps them */
    pc_registry_release(s->ours, &before);
    assert_ok(pc_registry_put(s->ours, NULL, 1, &err), &err);
    expect_active(s->ours, NULL, five, PC_REGISTRY_DEFAULT, 2);
}

static void an_acquired_snapshot_outlives_its_replacement(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_registry_ref ref;
    assert_ok(pc_registry_put(s->ours, "[\"neck\", \"shoes\"]", 0, &err), &err);
    pc_registry_acquire(s->ours, NULL, 0, &ref);
    assert_ok(pc_registry_put(s->ours, "[\"zoom\"]", 1, &err), &err);
    expect_active(s->ours, NULL, one, PC_REGISTRY_PAGE, 2);
    assert_string_equal(ref.recipes->r[1].label, "shoes");
    assert_string_equal(ref.text, "[\"neck\", \"shoes\"]");
    pc_registry_release(s->ours, &ref);
    pc_registry_release(s->ours, &ref); /* released already */
}

static void another_process_sees_it_at_its_next_refresh(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_registry_put(s->ours, "[\"zoom\"]", 0, &err), &err);
    pc_registry_refresh(s->theirs); /* it asked when it was opened, a moment ago */
    expect_active(s->theirs, NULL, five, PC_REGISTRY_SETTING, 0);
    pc_clock_sleep_ms(PC_REGISTRY_REFRESH_MS + 50);
    pc_registry_refresh(s->theirs);
    expect_active(s->theirs, NULL, one, PC_REGISTRY_PAGE, 1);

    struct pc_registry *late = pc_registry_open(s->store, &setting, true);
    expect_active(late, NULL, one, PC_REGISTRY_PAGE, 1);
    pc_registry_close(late);
}

static void a_writer_who_saw_an_older_version_is_refused_and_sees_the_newest(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_registry_put(s->ours, "[\"zoom\"]", 0, &err), &err);
    assert_code(pc_registry_put(s->theirs, "[\"neck\", \"shoes\"]", 0, &err),
                PC_E_CHANGED_MEANWHILE);
    expect_active(s->theirs, NULL, one, PC_REGISTRY_PAGE, 1);
    assert_ok(pc_registry_put(s->theirs, "[\"neck\", \"shoes\"]", 1, &err), &err);
    expect_active(s->theirs, NULL, two, PC_REGISTRY_PAGE, 2);
}

static void a_bad_text_is_refused_with_its_place(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_registry_put(s->ours, "[\"neck\", \"shoos\"]", 0, &err), PC_E_BAD_RECIPE);
    assert_string_equal(err.message, "recipes[1]: unknown recipe 'shoos'; did you mean 'shoes'?");
    expect_active(s->ours, NULL, five, PC_REGISTRY_DEFAULT, 0);
}

static void an_unreadable_text_leaves_the_last_recipes_active(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    char problem[PC_REGISTRY_PROBLEM_BYTES];
    int64_t version;
    assert_ok(pc_registry_put(s->ours, "[\"zoom\"]", 0, &err), &err);
    assert_false(pc_registry_problem(s->ours, problem));
    const char *newer = "[{\"based_on\": \"zoom\", \"label\": \"x\", \"hologram\": true}]";
    assert_ok(pc_records_put_setting(s->store, PC_REGISTRY_NAME, newer, 1, &version, &err), &err);
    assert_code(pc_registry_put(s->ours, NULL, 1, &err), PC_E_CHANGED_MEANWHILE); /* looks */
    expect_active(s->ours, NULL, one, PC_REGISTRY_PAGE, 2);
    assert_true(pc_registry_problem(s->ours, problem));
    assert_non_null(strstr(problem, "hologram"));

    struct pc_registry *late = pc_registry_open(s->store, &setting, true);
    expect_active(late, NULL, five, PC_REGISTRY_DEFAULT, 2); /* it knows no better ones */
    pc_registry_close(late);

    assert_ok(pc_registry_put(s->ours, "[\"neck\", \"shoes\"]", 2, &err), &err);
    assert_false(pc_registry_problem(s->ours, problem));
    expect_active(s->ours, NULL, two, PC_REGISTRY_PAGE, 3);
}

static void labels_select_active_then_builtin_recipes(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_registry_ref ref;
    static const char *const labels[] = {"shoes", "zoom", "gone", "shoes", NULL};
    static const char *const unknown[] = {"gone", NULL}, *const none[] = {NULL};
    static const char *const picked[] = {"shoes", "zoom", NULL};
    assert_ok(pc_registry_put(s->ours,
                              "[{\"based_on\": \"zoom\", \"label\": \"zoom\", \"version\": 9}]", 0,
                              &err),
              &err);
    expect_active(s->ours, labels, picked, PC_REGISTRY_PAGE, 1);
    expect_active(s->ours, unknown, one, PC_REGISTRY_PAGE, 1);
    expect_active(s->ours, none, one, PC_REGISTRY_PAGE, 1);
    pc_registry_acquire(s->ours, labels, 4, &ref);
    assert_int_equal(ref.recipes->r[1].version, 9); /* ours, not the built-in one of this name */
    assert_non_null(pc_registry_find(s->ours, &ref, "neck"));
    assert_null(pc_registry_find(s->ours, &ref, "gone"));
    pc_registry_release(s->ours, &ref);
}

/* --- threads --- */

struct reader {
    struct pc_registry *registry;
    atomic_bool stop;
};

static void *read_on(void *ctx)
{
    struct reader *r = ctx;
    size_t seen = 0;
    while (!atomic_load(&r->stop)) {
        struct pc_registry_ref ref;
        pc_registry_refresh(r->registry);
        pc_registry_acquire(r->registry, NULL, 0, &ref);
        for (int i = 0; i < ref.recipes->n; i++)
            seen += strlen(ref.recipes->r[i].source);
        pc_registry_release(r->registry, &ref);
    }
    return (void *)seen;
}

static void many_may_read_while_one_changes(void **state)
{
    struct fixture *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct reader r = {.registry = s->ours};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &r), 0);
    for (int i = 0; i < 60; i++)
        assert_ok(pc_registry_put(s->ours, i % 2 ? NULL : "[\"zoom\"]", i, &err), &err);
    atomic_store(&r.stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    expect_active(s->ours, NULL, five, PC_REGISTRY_DEFAULT, 60);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_setting_is_active_until_a_text_is_stored),
        CASE(an_acquired_snapshot_outlives_its_replacement),
        CASE(another_process_sees_it_at_its_next_refresh),
        CASE(a_writer_who_saw_an_older_version_is_refused_and_sees_the_newest),
        CASE(a_bad_text_is_refused_with_its_place),
        CASE(an_unreadable_text_leaves_the_last_recipes_active),
        CASE(labels_select_active_then_builtin_recipes),
        CASE(many_may_read_while_one_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
