/* Records, many at a time: pages, filters, search, what changed since, what is stale. */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "suite.h"

/* Ten records: names in another order than ids, every third processed with attention, batches. */
static void fill_ten(struct pc_records *rs, int64_t ids[10])
{
    static const char *const names[] = {"delta",   "Alpha", "echo",  "bravo", "Juliet",
                                        "foxtrot", "golf",  "hotel", "india", "Charlie"};
    for (int i = 0; i < 10; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://shop.example/%d_%%.jpg", i);
        struct pc_record_new fresh = {.url = url,
                                      .name = names[i],
                                      .sku = i == 4 ? "SKU-77" : "",
                                      .batch = i < 5 ? "one" : "two"};
        ids[i] = suite_insert_new(rs, &fresh);
    }
    for (int i = 0; i < 10; i += 3)
        suite_finish(rs, ids[i], names[i], i == 3);
}

/* The names that a query answers, joined by blanks. Gives. */
static char *names_of(struct pc_records *rs, const struct pc_record_query *q, int64_t *total)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_list list;
    struct pc_buf buf = PC_BUF_INIT;
    assert_ok(pc_records_list(rs, q, &list, &err), &err);
    for (int i = 0; i < list.n; i++)
        pc_buf_printf(&buf, "%s%s", i ? " " : "", list.items[i].name);
    if (total)
        *total = list.total;
    pc_record_list_finish(&list);
    return pc_buf_detach(&buf, NULL);
}

#define assert_names(rs, query, wanted)                                                            \
    do {                                                                                           \
        char *assert_names_got = names_of((rs), &(query), NULL);                                   \
        assert_string_equal(assert_names_got, (wanted));                                           \
        free(assert_names_got);                                                                    \
    } while (0)

static void lists_page_and_sort(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t ids[10], total;
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.limit = 3;
    q.want_total = true;
    char *names = names_of(rs, &q, &total);
    assert_string_equal(names, "Charlie india hotel");
    assert_int_equal(total, 10);
    free(names);
    q.offset = 9;
    assert_names(rs, q, "delta");
    q.offset = 10;
    names = names_of(rs, &q, &total);
    assert_string_equal(names, "");
    assert_int_equal(total, 10);
    free(names);
    q.offset = 0;
    q.want_total = false;
    q.descending = false;
    free(names_of(rs, &q, &total));
    assert_int_equal(total, -1);
    assert_names(rs, q, "delta Alpha echo");
    q.sort = PC_SORT_NAME;
    assert_names(rs, q, "Alpha bravo Charlie");
    q.descending = true;
    assert_names(rs, q, "Juliet india hotel");
    q.sort = PC_SORT_STATUS;
    assert_names(rs, q, "Charlie golf bravo");
    q.descending = false;
    assert_names(rs, q, "Alpha echo Juliet");
    pc_records_close(rs);
}

static void lists_filter(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t ids[10], total;
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.descending = false;
    q.status = PC_PROCESSED;
    assert_names(rs, q, "delta bravo golf Charlie");
    q.attention = 1;
    assert_names(rs, q, "bravo");
    q.attention = 0;
    assert_names(rs, q, "delta golf Charlie");
    q.batch = "two";
    q.want_total = true;
    char *names = names_of(rs, &q, &total);
    assert_string_equal(names, "golf Charlie");
    assert_int_equal(total, 2);
    free(names);
    q.status = -1;
    q.attention = -1;
    assert_names(rs, q, "foxtrot golf hotel india Charlie");
    q.batch = "absent";
    assert_names(rs, q, "");
    q.batch = NULL;
    q.status = PC_FAILED;
    assert_names(rs, q, "");
    pc_records_close(rs);
}

static void lists_search_texts_as_they_are(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t ids[10];
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.descending = false;
    q.search = "ALPH";
    assert_names(rs, q, "Alpha");
    q.search = "u-77";
    assert_names(rs, q, "Juliet");
    q.search = "/2_%.";
    assert_names(rs, q, "echo");
    q.search = "2__.";
    assert_names(rs, q, "");
    q.search = "\\";
    assert_names(rs, q, "");
    q.search = "two";
    q.status = PC_PROCESSED;
    assert_names(rs, q, "golf Charlie");
    q.search = "";
    assert_names(rs, q, "delta bravo golf Charlie");
    pc_records_close(rs);
}

static void a_number_finds_the_id(void **state)
{
    struct pc_records *rs = suite_open(state);
    int64_t id = suite_insert(rs, "one");
    suite_insert(rs, "two");
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)id);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.search = text;
    assert_names(rs, q, "one");
    pc_records_close(rs);
}

static void since_gives_changes_in_their_order(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[10];
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.since_seq = suite_last_seq(rs);
    assert_names(rs, q, "");
    assert_ok(pc_records_progress(rs, ids[4], "posing", 10, &err), &err);
    assert_ok(pc_records_progress(rs, ids[1], "posing", 10, &err), &err);
    assert_ok(pc_records_progress(rs, ids[4], "cutting", 20, &err), &err);
    assert_names(rs, q, "Alpha Juliet");
    q.limit = 1;
    struct pc_record_list list;
    assert_ok(pc_records_list(rs, &q, &list, &err), &err);
    q.since_seq = list.items[0].seq;
    assert_int_equal(list.last_seq, suite_last_seq(rs));
    pc_record_list_finish(&list);
    assert_names(rs, q, "Juliet");
    q.status = PC_FAILED;
    assert_names(rs, q, "");
    pc_records_close(rs);
}

static void after_pages_by_id(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_record_list list;
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[10];
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.descending = false;
    q.limit = 3;
    q.after_id = ids[6];
    q.want_total = true;
    assert_ok(pc_records_list(rs, &q, &list, &err), &err);
    assert_int_equal(list.n, 3);
    assert_int_equal(list.total, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(list.items[i].id, ids[7 + i]);
    pc_record_list_finish(&list);
    q.after_id = ids[9];
    assert_names(rs, q, "");
    q.after_id = -1;
    assert_code(pc_records_list(rs, &q, &list, &err), PC_E_BAD_REQUEST);
    pc_records_close(rs);
}

static void stale_gives_the_oldest_pending(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t a = suite_insert(rs, "a"), done = suite_insert(rs, "done"), b, found[10];
    int n;
    suite_finish(rs, done, "k", false);
    pc_clock_sleep_ms(5);
    b = suite_insert(rs, "b");
    pc_clock_sleep_ms(5);
    int64_t middle = pc_clock_wall_ms();
    pc_clock_sleep_ms(5);
    suite_insert(rs, "c");
    assert_ok(pc_records_list_stale(rs, middle, found, 10, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_true(found[0] == a && found[1] == b);
    assert_ok(pc_records_list_stale(rs, middle, found, 1, &n, &err), &err);
    assert_true(n == 1 && found[0] == a);
    assert_ok(pc_records_progress(rs, a, "posing", 1, &err), &err);
    assert_ok(pc_records_list_stale(rs, middle, found, 10, &n, &err), &err);
    assert_true(n == 1 && found[0] == b);
    pc_records_close(rs);
}

static void blobs_are_referenced_by_originals_and_shots(void **state)
{
    struct pc_records *rs = suite_open(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_new fresh = {.url = "upload:x", .original_key = "o/x.png"};
    int64_t id = suite_insert_new(rs, &fresh), twin = suite_insert(rs, "twin");
    suite_references(rs, "o/x.png", true);
    suite_references(rs, "s/neck.jpg", false);
    suite_finish(rs, id, "s/neck.jpg", false);
    suite_finish(rs, twin, "s/neck.jpg", false);
    suite_references(rs, "s/neck.jpg", true);
    suite_references(rs, "o/x.png", true); /* the result did not name the original: it stays */
    suite_references(rs, "s/neck", false);
    suite_references(rs, "", false);
    assert_ok(pc_records_remove(rs, twin, &r, &err), &err);
    suite_references(rs, "s/neck.jpg", true); /* the other one still does */
    pc_record_finish(&r);
    assert_ok(pc_records_ping(rs, &err), &err);
    pc_records_close(rs);
}

const struct contract_case list_cases[] = {
    CASE(lists_page_and_sort),
    CASE(lists_filter),
    CASE(lists_search_texts_as_they_are),
    CASE(a_number_finds_the_id),
    CASE(since_gives_changes_in_their_order),
    CASE(after_pages_by_id),
    CASE(stale_gives_the_oldest_pending),
    CASE(blobs_are_referenced_by_originals_and_shots),
    {NULL, NULL, 0},
};
