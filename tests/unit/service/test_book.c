#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "records/drivers.h"
#include "service/book.h"

static struct pc_recipes setting;

struct shelf { /* a store, and the books of two processes at it */
    struct pc_records *store;
    struct pc_book *ours, *theirs;
};

static int start(void **state)
{
    static struct shelf shelf;
    struct pc_err err = PC_ERR_INIT;
    pc_recipes_default(&setting);
    assert_ok(pc_records_open(&pc_records_memory, "memory:", &shelf.store, &err), &err);
    shelf.ours = pc_book_open(shelf.store, &setting, true);
    shelf.theirs = pc_book_open(shelf.store, &setting, false);
    *state = &shelf;
    return 0;
}

static int stop(void **state)
{
    struct shelf *shelf = *state;
    pc_book_close(shelf->ours);
    pc_book_close(shelf->theirs);
    pc_records_close(shelf->store);
    pc_recipes_finish(&setting);
    return 0;
}

/* Are these labels in force, in this order? */
static void has(struct pc_book *book, const json_t *labels, const char *const *wanted,
                enum pc_book_source source, int64_t version)
{
    struct pc_taken taken;
    int n = 0;
    pc_book_take(book, labels, &taken);
    for (; wanted[n]; n++) {
        assert_true(n < taken.recipes->n);
        assert_string_equal(taken.recipes->r[n].label, wanted[n]);
    }
    assert_int_equal(taken.recipes->n, n);
    assert_int_equal(taken.source, source);
    assert_int_equal(taken.version, version);
    pc_book_give(book, &taken);
}

static const char *const five[] = {"neck", "sleeve", "zoom", "waist", "length", NULL};
static const char *const two[] = {"neck", "shoes", NULL};
static const char *const one[] = {"zoom", NULL};

static void the_setting_holds_until_a_text_is_kept(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_taken before;
    has(s->ours, NULL, five, PC_BOOK_DEFAULT, 0);
    has(s->theirs, NULL, five, PC_BOOK_SETTING, 0);
    pc_book_take(s->ours, NULL, &before);
    assert_ok(pc_book_keep(s->ours, "[\"neck\", \"shoes\"]", 0, &err), &err);
    has(s->ours, NULL, two, PC_BOOK_PAGE, 1);
    assert_int_equal(before.recipes->n, 5); /* who took before, has them still */
    pc_book_give(s->ours, &before);
    assert_ok(pc_book_keep(s->ours, NULL, 1, &err), &err);
    has(s->ours, NULL, five, PC_BOOK_DEFAULT, 2);
}

static void what_was_taken_outlives_its_time_in_force(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_taken taken;
    assert_ok(pc_book_keep(s->ours, "[\"neck\", \"shoes\"]", 0, &err), &err);
    pc_book_take(s->ours, NULL, &taken);
    assert_ok(pc_book_keep(s->ours, "[\"zoom\"]", 1, &err), &err);
    has(s->ours, NULL, one, PC_BOOK_PAGE, 2);
    assert_string_equal(taken.recipes->r[1].label, "shoes");
    assert_string_equal(taken.text, "[\"neck\", \"shoes\"]");
    pc_book_give(s->ours, &taken);
    pc_book_give(s->ours, &taken); /* gave already */
}

static void another_process_sees_it_when_it_looks(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_book_keep(s->ours, "[\"zoom\"]", 0, &err), &err);
    pc_book_look(s->theirs); /* it looked when it was opened, a moment ago */
    has(s->theirs, NULL, five, PC_BOOK_SETTING, 0);
    pc_sleep_ms(PC_BOOK_LOOK_MS + 50);
    pc_book_look(s->theirs);
    has(s->theirs, NULL, one, PC_BOOK_PAGE, 1);

    struct pc_book *late = pc_book_open(s->store, &setting, true);
    has(late, NULL, one, PC_BOOK_PAGE, 1);
    pc_book_close(late);
}

static void who_saw_an_older_version_is_refused_and_sees_the_newest(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_book_keep(s->ours, "[\"zoom\"]", 0, &err), &err);
    assert_code(pc_book_keep(s->theirs, "[\"neck\", \"shoes\"]", 0, &err), PC_E_CHANGED_MEANWHILE);
    has(s->theirs, NULL, one, PC_BOOK_PAGE, 1);
    assert_ok(pc_book_keep(s->theirs, "[\"neck\", \"shoes\"]", 1, &err), &err);
    has(s->theirs, NULL, two, PC_BOOK_PAGE, 2);
}

static void a_bad_text_is_refused_with_its_place(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    assert_code(pc_book_keep(s->ours, "[\"neck\", \"shoos\"]", 0, &err), PC_E_BAD_RECIPE);
    assert_string_equal(err.message, "recipes[1]: unknown recipe 'shoos'; did you mean 'shoes'?");
    has(s->ours, NULL, five, PC_BOOK_DEFAULT, 0);
}

static void what_cannot_be_read_leaves_the_last_ones_in_force(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    char problem[PC_BOOK_PROBLEM_BYTES];
    int64_t version;
    assert_ok(pc_book_keep(s->ours, "[\"zoom\"]", 0, &err), &err);
    assert_false(pc_book_problem(s->ours, problem));
    const char *newer = "[{\"based_on\": \"zoom\", \"label\": \"x\", \"hologram\": true}]";
    assert_ok(pc_records_keep(s->store, PC_BOOK_NAME, newer, 1, &version, &err), &err);
    assert_code(pc_book_keep(s->ours, NULL, 1, &err), PC_E_CHANGED_MEANWHILE); /* looks */
    has(s->ours, NULL, one, PC_BOOK_PAGE, 2);
    assert_true(pc_book_problem(s->ours, problem));
    assert_non_null(strstr(problem, "hologram"));

    struct pc_book *late = pc_book_open(s->store, &setting, true);
    has(late, NULL, five, PC_BOOK_DEFAULT, 2); /* it knows no better ones */
    pc_book_close(late);

    assert_ok(pc_book_keep(s->ours, "[\"neck\", \"shoes\"]", 2, &err), &err);
    assert_false(pc_book_problem(s->ours, problem));
    has(s->ours, NULL, two, PC_BOOK_PAGE, 3);
}

static void labels_pick_among_those_in_force_then_the_ready_ones(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_taken taken;
    json_t *labels = json_loads("[\"shoes\", \"zoom\", \"gone\", 7, \"shoes\"]", 0, NULL);
    json_t *unknown = json_loads("[\"gone\"]", 0, NULL), *none = json_array();
    static const char *const picked[] = {"shoes", "zoom", NULL};
    assert_ok(pc_book_keep(s->ours,
                           "[{\"based_on\": \"zoom\", \"label\": \"zoom\", \"version\": 9}]", 0,
                           &err),
              &err);
    has(s->ours, labels, picked, PC_BOOK_PAGE, 1);
    has(s->ours, unknown, one, PC_BOOK_PAGE, 1);
    has(s->ours, none, one, PC_BOOK_PAGE, 1);
    pc_book_take(s->ours, labels, &taken);
    assert_int_equal(taken.recipes->r[1].version, 9); /* ours, not the ready one of this name */
    assert_non_null(pc_book_find(s->ours, &taken, "neck"));
    assert_null(pc_book_find(s->ours, &taken, "gone"));
    pc_book_give(s->ours, &taken);
    json_decref(labels);
    json_decref(unknown);
    json_decref(none);
}

/* --- threads ---------------------------------------------------------------------------------- */

struct reader {
    struct pc_book *book;
    atomic_bool stop;
};

static void *read_on(void *ctx)
{
    struct reader *r = ctx;
    size_t seen = 0;
    while (!atomic_load(&r->stop)) {
        struct pc_taken taken;
        pc_book_look(r->book);
        pc_book_take(r->book, NULL, &taken);
        for (int i = 0; i < taken.recipes->n; i++)
            seen += strlen(taken.recipes->r[i].json);
        pc_book_give(r->book, &taken);
    }
    return (void *)seen;
}

static void many_may_read_while_one_changes(void **state)
{
    struct shelf *s = *state;
    struct pc_err err = PC_ERR_INIT;
    struct reader r = {.book = s->ours};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &r), 0);
    for (int i = 0; i < 60; i++)
        assert_ok(pc_book_keep(s->ours, i % 2 ? NULL : "[\"zoom\"]", i, &err), &err);
    atomic_store(&r.stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    has(s->ours, NULL, five, PC_BOOK_DEFAULT, 60);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_setting_holds_until_a_text_is_kept),
        CASE(what_was_taken_outlives_its_time_in_force),
        CASE(another_process_sees_it_when_it_looks),
        CASE(who_saw_an_older_version_is_refused_and_sees_the_newest),
        CASE(a_bad_text_is_refused_with_its_place),
        CASE(what_cannot_be_read_leaves_the_last_ones_in_force),
        CASE(labels_pick_among_those_in_force_then_the_ready_ones),
        CASE(many_may_read_while_one_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
