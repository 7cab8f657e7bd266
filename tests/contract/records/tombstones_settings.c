/* What a store remembers beside its records: removals, and texts that all share. */
#include <stdio.h>

#include "base/mem.h"
#include "suite.h"

static void expect_tombstones(struct pc_records *rs, int64_t since, int max, bool all, int n,
                              const int64_t *ids)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t found[8];
    bool got_all;
    int got;
    assert_ok(pc_records_list_tombstones(rs, since, found, max, &got, &got_all, &err), &err);
    assert_int_equal(got_all, all);
    if (!all)
        return;
    assert_int_equal(got, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(found[i], ids[i]);
}

static void removals_leave_tombstones(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    int64_t a = suite_insert(rs, "a"), b = suite_insert(rs, "b"), c = suite_insert(rs, "c");
    int64_t before = suite_last_seq(rs), between;
    expect_tombstones(rs, 0, 8, true, 0, NULL);
    assert_ok(pc_records_remove(rs, b, &r, &err), &err);
    pc_record_finish(&r);
    between = suite_last_seq(rs);
    assert_ok(pc_records_remove(rs, a, &r, &err), &err);
    pc_record_finish(&r);
    assert_code(pc_records_remove(rs, a, &r, &err), PC_E_NOT_FOUND);
    expect_tombstones(rs, before, 8, true, 2, (int64_t[]){b, a});
    expect_tombstones(rs, before, 2, true, 2, (int64_t[]){b, a});
    expect_tombstones(rs, before, 1, false, 0, NULL); /* more than fit */
    expect_tombstones(rs, between, 8, true, 1, &a);
    expect_tombstones(rs, suite_last_seq(rs), 8, true, 0, NULL);
    expect_tombstones(rs, INT64_MAX, 8, true, 0, NULL);
    int64_t found;
    int n;
    bool all;
    assert_code(pc_records_list_tombstones(rs, -1, &found, 1, &n, &all, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_list_tombstones(rs, 1, &found, 0, &n, &all, &err), PC_E_BAD_REQUEST);
    r = suite_get(rs, c);
    pc_record_finish(&r);
    pc_records_close(rs);
}

/* Adds and removes n; returns the id of the last. */
static int64_t insert_and_remove(struct pc_records *rs, int n)
{
    enum { STEP = 500 };
    struct pc_err err = PC_ERR_INIT;
    struct pc_record items[STEP], r;
    struct pc_record_new fresh[STEP];
    static char urls[STEP][16];
    bool created[STEP];
    int64_t id = 0;
    for (int done = 0; done < n; done += STEP) {
        for (int i = 0; i < STEP; i++) {
            snprintf(urls[i], sizeof urls[i], "u%d", i);
            fresh[i] = (struct pc_record_new){.url = urls[i]};
        }
        assert_ok(pc_records_insert_many(rs, fresh, STEP, items, created, &err), &err);
        for (int i = 0; i < STEP; i++) {
            id = items[i].id;
            pc_record_finish(&items[i]);
            assert_ok(pc_records_remove(rs, id, &r, &err), &err);
            pc_record_finish(&r);
        }
    }
    return id;
}

static void old_tombstones_are_pruned_and_it_says_so(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t first = suite_last_seq(rs),
            *ids = pc_xzalloc(3 * PC_RECORDS_TOMBSTONES_MIN * sizeof *ids);
    int n;
    bool all;
    insert_and_remove(rs, 1000);
    int64_t later = suite_last_seq(rs);
    int64_t last = insert_and_remove(rs, PC_RECORDS_TOMBSTONES_MIN);
    assert_ok(
        pc_records_list_tombstones(rs, later, ids, 3 * PC_RECORDS_TOMBSTONES_MIN, &n, &all, &err),
        &err);
    assert_true(all && n == PC_RECORDS_TOMBSTONES_MIN && ids[n - 1] == last);
    insert_and_remove(rs, PC_RECORDS_TOMBSTONES_MIN);
    assert_ok(
        pc_records_list_tombstones(rs, first, ids, 3 * PC_RECORDS_TOMBSTONES_MIN, &n, &all, &err),
        &err);
    assert_false(all);
    free(ids);
    pc_records_close(rs);
}

/* Kept texts */

static void expect_setting(struct pc_records *rs, const char *name, const char *text,
                           int64_t version)
{
    struct pc_err err = PC_ERR_INIT;
    char *got;
    int64_t got_version;
    assert_ok(pc_records_get_setting(rs, name, &got, &got_version, &err), &err);
    assert_int_equal(got_version, version);
    if (text)
        assert_string_equal(got, text);
    else
        assert_null(got);
    free(got);
}

static void settings_are_stored_by_name(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t one, two, other, none;
    size_t len = 300000;
    char *long_text = pc_xzalloc(len + 1);
    memset(long_text, 'x', len);
    expect_setting(rs, "recipes", NULL, 0);
    assert_ok(pc_records_put_setting(rs, "recipes", "[{\"ä\": 'it''s'}]", 0, &one, &err), &err);
    assert_true(one > 0);
    expect_setting(rs, "recipes", "[{\"ä\": 'it''s'}]", one);
    assert_code(pc_records_put_setting(rs, "recipes", "late", 0, &none, &err),
                PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_put_setting(rs, "recipes", long_text, one, &two, &err), &err);
    assert_true(two > one);
    expect_setting(rs, "recipes", long_text, two);
    assert_ok(pc_records_put_setting(rs, "other", "", 0, &other, &err), &err);
    expect_setting(rs, "other", "", other);
    assert_code(pc_records_put_setting(rs, "recipes", NULL, one, &none, &err),
                PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_put_setting(rs, "recipes", NULL, two, &none, &err), &err);
    assert_true(none > two);
    expect_setting(rs, "recipes", NULL, none);
    assert_code(pc_records_put_setting(rs, "recipes", "late", two, &one, &err),
                PC_E_CHANGED_MEANWHILE);
    assert_ok(pc_records_put_setting(rs, "recipes", "again", none, &one, &err), &err);
    assert_true(one > none);
    assert_code(pc_records_put_setting(rs, "recipes", "\xff", one, &two, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_put_setting(rs, "future", "x", 5, &two, &err), PC_E_CHANGED_MEANWHILE);
    expect_setting(rs, "future", NULL, 0);
    free(long_text);
    pc_records_close(rs);
}

static void put_first(void *ctx, int i)
{
    struct suite_race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    int64_t version;
    char text[16];
    snprintf(text, sizeof text, "%d", i);
    race->won[i] = pc_records_put_setting(race->rs, "n", text, race->seq, &version, &err) == PC_OK;
    race->wrong[i] = !race->won[i] && err.code != PC_E_CHANGED_MEANWHILE;
}

static void one_of_eight_concurrent_puts_wins(void **state)
{
    struct suite_race race = {.rs = suite_open(state)};
    for (int round = 0; round < 3; round++) {
        struct pc_err err = PC_ERR_INIT;
        char *text, wanted[16];
        contract_threads(SUITE_THREADS, put_first, &race);
        assert_ok(pc_records_get_setting(race.rs, "n", &text, &race.seq, &err), &err);
        snprintf(wanted, sizeof wanted, "%d", suite_winner(&race));
        assert_string_equal(text, wanted);
        free(text);
    }
    pc_records_close(race.rs);
}

static void tombstones_and_settings_survive_a_restart(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    int64_t id = suite_insert(rs, "v"), before = suite_last_seq(rs), version;
    assert_ok(pc_records_remove(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_put_setting(rs, "n", "text", 0, &version, &err), &err);
    pc_records_close(rs);
    rs = suite_open(state);
    expect_tombstones(rs, before, 8, true, 1, &id);
    expect_setting(rs, "n", "text", version);
    pc_records_close(rs);
}

const struct contract_case tombstone_setting_cases[] = {
    CASE(removals_leave_tombstones),
    CASE_IF(CAN_MANY, old_tombstones_are_pruned_and_it_says_so),
    CASE(settings_are_stored_by_name),
    CASE(one_of_eight_concurrent_puts_wins),
    CASE_IF(CAN_PERSIST, tombstones_and_settings_survive_a_restart),
    {NULL, NULL, 0},
};
