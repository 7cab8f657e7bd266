/* The contract of records/driver.h, run against every driver. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "../contract.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "records/drivers.h"

static char *memory_address(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *sqlite_address(const char *dir)
{
    return pc_xasprintf("sqlite:%s/records.db", dir);
}

static const struct contract_driver drivers[] = {
    {.name = "memory", .driver = &pc_records_memory, .address = memory_address},
    {.name = "sqlite",
     .driver = &pc_records_sqlite,
     .address = sqlite_address,
     .can = CAN_PERSIST | CAN_SHARE},
};

static struct pc_records *open_store(void **state)
{
    struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(pc_records_open(c->d->driver, c->address, &rs, &err), &err);
    return rs;
}

static int64_t insert(struct pc_records *rs, const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(
        pc_records_insert(rs, &(struct pc_record_new){.url = url, .name = url}, &r, &created, &err),
        &err);
    assert_true(created);
    int64_t id = r.id;
    pc_record_finish(&r);
    return id;
}

static struct pc_record get(struct pc_records *rs, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    assert_ok(pc_records_get(rs, id, &r, &err), &err);
    return r;
}

static void finish_with_shot(struct pc_records *rs, int64_t id, const char *shot_key,
                             bool attention)
{
    struct pc_err err = PC_ERR_INIT;
    json_t *shots = json_pack("[{s:s, s:s}]", "label", "neck", "key", shot_key);
    json_t *detail = json_pack("{s:i}", "people", 1);
    struct pc_record_result result = {.format = "jpeg",
                                      .bytes = 1234567890123,
                                      .width = 4000,
                                      .height = 3000,
                                      .attention = attention,
                                      .shots = shots,
                                      .detail = detail};
    assert_ok(pc_records_finish(rs, id, &result, &err), &err);
    json_decref(shots);
    json_decref(detail);
}

static int64_t last_seq(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT], seq;
    assert_ok(pc_records_count(rs, counts, NULL, &seq, &err), &err);
    return seq;
}

static void insert_makes_a_pending_record(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_new fresh = {.url = "https://a.example/it's \"x\".jpg?ä=%",
                                  .name = "Käse \xF0\x9F\x91\x97.jpg",
                                  .sku = "S1",
                                  .label = "red",
                                  .batch = "b1",
                                  .original_key = "originals/x.jpg",
                                  .format = "jpeg",
                                  .bytes = 42};
    struct pc_record r;
    bool created = false;
    int64_t before = pc_wall_ms();
    assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
    assert_true(created);
    assert_true(r.id >= 1 && r.seq >= 1);
    assert_string_equal(r.url, fresh.url);
    assert_string_equal(r.name, fresh.name);
    assert_string_equal(r.sku, "S1");
    assert_string_equal(r.label, "red");
    assert_string_equal(r.batch, "b1");
    assert_string_equal(r.original_key, "originals/x.jpg");
    assert_string_equal(r.format, "jpeg");
    assert_int_equal(r.bytes, 42);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_int_equal(r.attempts, 0);
    assert_string_equal(r.error_code, "");
    assert_int_equal(json_array_size(r.shots), 0);
    assert_true(json_is_object(r.detail));
    assert_true(r.created_ms >= before && r.updated_ms == r.created_ms && r.finished_ms == 0);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void insert_of_a_known_url_finds_it(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u"), seq = last_seq(rs);
    struct pc_record r;
    bool created = true;
    struct pc_record_new again = {.url = "u", .name = "other", .original_key = "k"};
    assert_ok(pc_records_insert(rs, &again, &r, &created, &err), &err);
    assert_false(created);
    assert_int_equal(r.id, id);
    assert_string_equal(r.name, "u");
    assert_string_equal(r.sku, "");
    assert_string_equal(r.original_key, "");
    assert_int_equal(last_seq(rs), seq);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_batch_answers_each_and_finds_doubles(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t known = insert(rs, "b");
    struct pc_record_new fresh[] = {{.url = "a"}, {.url = "b"}, {.url = "c"}, {.url = "a"}};
    struct pc_record items[4];
    bool created[4];
    assert_ok(pc_records_insert_many(rs, fresh, 4, items, created, &err), &err);
    assert_true(created[0] && !created[1] && created[2] && !created[3]);
    assert_int_equal(items[1].id, known);
    assert_int_equal(items[3].id, items[0].id);
    assert_true(items[2].id > items[0].id && items[2].seq > items[0].seq);
    for (int i = 0; i < 4; i++)
        pc_record_finish(&items[i]);
    assert_ok(pc_records_insert_many(rs, NULL, 0, items, created, &err), &err);
    pc_records_close(rs);
}

static void a_batch_with_a_bad_one_adds_none(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_new fresh[] = {{.url = "a"}, {.url = "bad\xff"}};
    struct pc_record items[2];
    bool created[2];
    assert_code(pc_records_insert_many(rs, fresh, 2, items, created, &err), PC_E_BAD_REQUEST);
    assert_int_equal(last_seq(rs), 0);
    pc_records_close(rs);
}

static void bad_arguments_are_refused(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_list list;
    bool created;
    char *long_url = pc_xmalloc(PC_RECORD_TEXT_MAX + 2);
    memset(long_url, 'a', PC_RECORD_TEXT_MAX + 1);
    const char *bad[] = {NULL, "", "\xc3(", long_url};
    for (size_t i = 0; i < 4; i++)
        assert_code(
            pc_records_insert(rs, &(struct pc_record_new){.url = bad[i]}, &r, &created, &err),
            PC_E_BAD_REQUEST);
    free(long_url);
    struct pc_record_query queries[5];
    for (size_t i = 0; i < 5; i++)
        queries[i] = (struct pc_record_query)PC_RECORD_QUERY_INIT;
    queries[0].limit = 0;
    queries[1].limit = 1001;
    queries[2].offset = -1;
    queries[3].status = 3;
    queries[4].search = "\xff";
    for (size_t i = 0; i < 5; i++)
        assert_code(pc_records_list(rs, &queries[i], &list, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_progress(rs, 1, "posing", 101, &err), PC_E_BAD_REQUEST);
    assert_code(pc_records_fail(rs, 1, "", "x", true, &err), PC_E_BAD_REQUEST);
    pc_records_close(rs);
}

static void wrong_addresses_are_refused(void **state)
{
    struct contract *c = *state;
    const struct pc_records_driver *driver = c->d->driver;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_code(pc_records_open(driver, "gopher:x", &rs, &err), PC_E_CONFIG);
    assert_null(rs);
    assert_code(pc_records_open(driver, NULL, &rs, &err), PC_E_CONFIG);
    assert_code(pc_records_open(driver, "", &rs, &err), PC_E_CONFIG);
    assert_true(pc_records_driver_takes(driver, c->address));
    pc_records_close(NULL);
}

static void what_is_not_there_is_not_found(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_record_result nothing = {0};
    const int64_t absent[] = {7, 0, -1, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        assert_code(pc_records_get(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_remove(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_retry(rs, absent[i], &r, &err), PC_E_NOT_FOUND);
        assert_code(pc_records_begin(rs, absent[i], &r, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_progress(rs, absent[i], "posing", 1, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_finish(rs, absent[i], &nothing, &err), PC_E_NOT_PENDING);
        assert_code(pc_records_fail(rs, absent[i], "c", "m", true, &err), PC_E_NOT_PENDING);
    }
    assert_int_equal(last_seq(rs), 0);
    pc_records_close(rs);
}

static void a_record_lives_from_pending_to_processed(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u"), seq = last_seq(rs);
    struct pc_record r;
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_int_equal(r.attempts, 1);
    assert_string_equal(r.stage, "fetching");
    assert_true(r.seq > seq);
    pc_record_finish(&r);
    assert_ok(pc_records_progress(rs, id, "posing", 40, &err), &err);
    r = get(rs, id);
    assert_string_equal(r.stage, "posing");
    assert_int_equal(r.progress, 40);
    pc_record_finish(&r);
    finish_with_shot(rs, id, "shots/1/neck.jpg", true);
    r = get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_string_equal(r.stage, "");
    assert_int_equal(r.progress, 100);
    assert_string_equal(r.original_key, ""); /* NULL in the result: stays as it was */
    assert_string_equal(r.format, "jpeg");
    assert_true(r.bytes == 1234567890123 && r.width == 4000 && r.height == 3000 && r.attention);
    assert_string_equal(json_string_value(json_object_get(json_array_get(r.shots, 0), "label")),
                        "neck");
    assert_int_equal(json_integer_value(json_object_get(r.detail, "people")), 1);
    assert_true(r.finished_ms >= r.created_ms && r.updated_ms == r.finished_ms);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_stored_original_begins_with_decoding(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    struct pc_record_new fresh = {.url = "upload:x", .original_key = "o/x.png"};
    assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
    int64_t id = r.id;
    pc_record_finish(&r);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_string_equal(r.stage, "decoding");
    assert_string_equal(r.original_key, "o/x.png");
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_finished_record_does_not_change(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u");
    struct pc_record r;
    struct pc_record_result other = {.original_key = "late", .width = 1};
    finish_with_shot(rs, id, "k", false);
    int64_t seq = last_seq(rs);
    assert_code(pc_records_finish(rs, id, &other, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_progress(rs, id, "cutting", 50, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_fail(rs, id, "internal", "late", false, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_fail(rs, id, "internal", "late", true, &err), PC_E_NOT_PENDING);
    assert_code(pc_records_retry(rs, id, &r, &err), PC_E_NOT_FAILED);
    r = get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_int_equal(r.width, 4000);
    assert_string_equal(r.original_key, "");
    assert_int_equal(json_array_size(r.shots), 1);
    assert_int_equal(last_seq(rs), seq);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void a_failed_try_stays_pending_and_a_final_one_fails(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u");
    struct pc_record r;
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_timeout", "slow", false, &err), &err);
    r = get(rs, id);
    assert_int_equal(r.status, PC_PENDING);
    assert_string_equal(r.stage, "queued");
    assert_string_equal(r.error_code, "fetch_timeout");
    assert_string_equal(r.error_message, "slow");
    assert_int_equal(r.finished_ms, 0);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_dns", "no host", true, &err), &err);
    r = get(rs, id);
    assert_int_equal(r.status, PC_FAILED);
    assert_string_equal(r.stage, "");
    assert_string_equal(r.error_code, "fetch_dns");
    assert_int_equal(r.attempts, 1);
    assert_true(r.finished_ms > 0);
    pc_record_finish(&r);
    pc_records_close(rs);
}

static void retry_makes_a_failed_one_pending(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u");
    struct pc_record r;
    assert_code(pc_records_retry(rs, id, &r, &err), PC_E_NOT_FAILED);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_fail(rs, id, "fetch_dns", "no host", true, &err), &err);
    assert_ok(pc_records_retry(rs, id, &r, &err), &err);
    assert_int_equal(r.status, PC_PENDING);
    assert_int_equal(r.attempts, 0);
    assert_string_equal(r.stage, "queued");
    assert_string_equal(r.error_code, "");
    assert_string_equal(r.error_message, "");
    assert_int_equal(r.finished_ms, 0);
    pc_record_finish(&r);
    finish_with_shot(rs, id, "k", false);
    pc_records_close(rs);
}

static void remove_gives_what_was_and_never_reuses_the_id(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t id = insert(rs, "u"), seq;
    struct pc_record r;
    bool named;
    finish_with_shot(rs, id, "shots/a.jpg", true);
    seq = last_seq(rs);
    assert_ok(pc_records_remove(rs, id, &r, &err), &err);
    assert_string_equal(r.url, "u");
    assert_int_equal(json_array_size(r.shots), 1);
    pc_record_finish(&r);
    assert_true(last_seq(rs) > seq);
    assert_code(pc_records_get(rs, id, &r, &err), PC_E_NOT_FOUND);
    assert_ok(pc_records_names_blob(rs, "shots/a.jpg", &named, &err), &err);
    assert_false(named);
    assert_true(insert(rs, "u") > id);
    pc_records_close(rs);
}

static void counts_follow_every_change(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[5], counts[PC_STATUS_COUNT], attention;
    struct pc_record r;
    char url[16];
    for (int i = 0; i < 5; i++) {
        snprintf(url, sizeof url, "u%d", i);
        ids[i] = insert(rs, url);
    }
    finish_with_shot(rs, ids[0], "a", true);
    finish_with_shot(rs, ids[1], "b", false);
    assert_ok(pc_records_fail(rs, ids[2], "c", "m", true, &err), &err);
    assert_ok(pc_records_count(rs, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PENDING] == 2 && counts[PC_PROCESSED] == 2 && counts[PC_FAILED] == 1);
    assert_int_equal(attention, 1);
    assert_ok(pc_records_retry(rs, ids[2], &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, ids[0], &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_count(rs, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PENDING] == 3 && counts[PC_PROCESSED] == 1 && counts[PC_FAILED] == 0);
    assert_int_equal(attention, 0);
    pc_records_close(rs);
}

/* Ten records: names in another order than ids, every third processed with attention, batches. */
static void fill_ten(struct pc_records *rs, int64_t ids[10])
{
    static const char *const names[] = {"delta",   "Alpha", "echo",  "bravo", "Juliet",
                                        "foxtrot", "golf",  "hotel", "india", "Charlie"};
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 10; i++) {
        char url[64];
        struct pc_record r;
        bool created;
        snprintf(url, sizeof url, "https://shop.example/%d_%%.jpg", i);
        struct pc_record_new fresh = {.url = url,
                                      .name = names[i],
                                      .sku = i == 4 ? "SKU-77" : "",
                                      .batch = i < 5 ? "one" : "two"};
        assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
        ids[i] = r.id;
        pc_record_finish(&r);
    }
    for (int i = 0; i < 10; i += 3)
        finish_with_shot(rs, ids[i], names[i], i == 3);
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
    struct pc_records *rs = open_store(state);
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
    struct pc_records *rs = open_store(state);
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
    struct pc_records *rs = open_store(state);
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
    struct pc_records *rs = open_store(state);
    int64_t id = insert(rs, "one");
    insert(rs, "two");
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)id);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.search = text;
    assert_names(rs, q, "one");
    pc_records_close(rs);
}

static void since_gives_changes_in_their_order(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t ids[10];
    fill_ten(rs, ids);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.since_seq = last_seq(rs);
    assert_names(rs, q, "");
    assert_ok(pc_records_progress(rs, ids[4], "posing", 10, &err), &err);
    assert_ok(pc_records_progress(rs, ids[1], "posing", 10, &err), &err);
    assert_ok(pc_records_progress(rs, ids[4], "cutting", 20, &err), &err);
    assert_names(rs, q, "Alpha Juliet");
    q.limit = 1;
    struct pc_record_list list;
    assert_ok(pc_records_list(rs, &q, &list, &err), &err);
    q.since_seq = list.items[0].seq;
    assert_int_equal(list.last_seq, last_seq(rs));
    pc_record_list_finish(&list);
    assert_names(rs, q, "Juliet");
    q.status = PC_FAILED;
    assert_names(rs, q, "");
    pc_records_close(rs);
}

static void stale_gives_the_oldest_pending(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t a = insert(rs, "a"), done = insert(rs, "done"), b, found[10];
    int n;
    finish_with_shot(rs, done, "k", false);
    pc_sleep_ms(5);
    b = insert(rs, "b");
    pc_sleep_ms(5);
    int64_t middle = pc_wall_ms();
    pc_sleep_ms(5);
    insert(rs, "c");
    assert_ok(pc_records_stale(rs, middle, found, 10, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_true(found[0] == a && found[1] == b);
    assert_ok(pc_records_stale(rs, middle, found, 1, &n, &err), &err);
    assert_true(n == 1 && found[0] == a);
    assert_ok(pc_records_progress(rs, a, "posing", 1, &err), &err);
    assert_ok(pc_records_stale(rs, middle, found, 10, &n, &err), &err);
    assert_true(n == 1 && found[0] == b);
    pc_records_close(rs);
}

static void named(struct pc_records *rs, const char *key, bool wanted)
{
    struct pc_err err = PC_ERR_INIT;
    bool got = !wanted;
    assert_ok(pc_records_names_blob(rs, key, &got, &err), &err);
    assert_int_equal(got, wanted);
}

static void blobs_are_named_by_originals_and_shots(void **state)
{
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    struct pc_record_new fresh = {.url = "upload:x", .original_key = "o/x.png"};
    assert_ok(pc_records_insert(rs, &fresh, &r, &created, &err), &err);
    int64_t twin = insert(rs, "twin");
    named(rs, "o/x.png", true);
    named(rs, "s/neck.jpg", false);
    finish_with_shot(rs, r.id, "s/neck.jpg", false);
    finish_with_shot(rs, twin, "s/neck.jpg", false);
    named(rs, "s/neck.jpg", true);
    named(rs, "s/neck", false);
    named(rs, "", false);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, twin, &r, &err), &err);
    named(rs, "s/neck.jpg", true); /* the other one still does */
    pc_record_finish(&r);
    assert_ok(pc_records_ping(rs, &err), &err);
    pc_records_close(rs);
}

enum { THREADS = 8, URLS = 25 };
struct race {
    struct pc_records *rs;
    int created[THREADS], failed[THREADS], won[THREADS];
    int64_t ids[THREADS][URLS];
};

static void insert_all_urls(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int u = 0; u < URLS; u++) {
        char url[32];
        struct pc_record r;
        bool created = false;
        snprintf(url, sizeof url, "https://x.example/%d", u);
        if (pc_records_insert(race->rs, &(struct pc_record_new){.url = url}, &r, &created, &err)) {
            race->failed[i]++;
            continue;
        }
        race->created[i] += created;
        race->ids[i][u] = r.id;
        pc_record_finish(&r);
    }
}

static void eight_threads_make_one_record_of_a_url(void **state)
{
    struct race race = {.rs = open_store(state)};
    int created = 0;
    contract_threads(THREADS, insert_all_urls, &race);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(race.failed[i], 0);
        created += race.created[i];
        for (int u = 0; u < URLS; u++)
            assert_int_equal(race.ids[i][u], race.ids[0][u]);
    }
    assert_int_equal(created, URLS);
    pc_records_close(race.rs);
}

static void finish_first(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    json_t *shots = json_pack("[{s:i}]", "by", i);
    struct pc_record_result result = {.width = i + 1, .shots = shots};
    race->won[i] = pc_records_finish(race->rs, race->ids[0][0], &result, &err) == PC_OK;
    race->failed[i] = !race->won[i] && err.code != PC_E_NOT_PENDING;
    json_decref(shots);
}

static void one_of_eight_finishes_a_record(void **state)
{
    struct race race = {.rs = open_store(state)};
    race.ids[0][0] = insert(race.rs, "u");
    contract_threads(THREADS, finish_first, &race);
    struct pc_record r = get(race.rs, race.ids[0][0]);
    int wins = 0;
    for (int i = 0; i < THREADS; i++) {
        assert_false(race.failed[i]);
        wins += race.won[i];
        if (race.won[i]) {
            assert_int_equal(r.width, i + 1);
            assert_int_equal(json_integer_value(json_object_get(json_array_get(r.shots, 0), "by")),
                             i);
        }
    }
    assert_int_equal(wins, 1);
    pc_record_finish(&r);
    pc_records_close(race.rs);
}

static void read_or_write(void *ctx, int i)
{
    struct race *race = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    q.want_total = true;
    q.search = "u";
    for (int round = 0; round < 30; round++) {
        struct pc_record_list list;
        if (i % 2 == 0)
            race->failed[i] +=
                pc_records_progress(race->rs, race->ids[0][i], "posing", round, &err) != PC_OK;
        else if (pc_records_list(race->rs, &q, &list, &err))
            race->failed[i]++;
        else {
            race->failed[i] += list.n != THREADS || list.total != THREADS;
            pc_record_list_finish(&list);
        }
    }
}

static void readers_and_writers_work_at_once(void **state)
{
    struct race race = {.rs = open_store(state)};
    for (int i = 0; i < THREADS; i++) {
        char url[16];
        snprintf(url, sizeof url, "u%d", i);
        race.ids[0][i] = insert(race.rs, url);
    }
    contract_threads(THREADS, read_or_write, &race);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(race.failed[i], 0);
    pc_records_close(race.rs);
}

static void reopening_finds_everything(void **state)
{
    struct pc_records *rs = open_store(state);
    int64_t id = insert(rs, "u"), seq;
    finish_with_shot(rs, id, "s/k.jpg", true);
    seq = last_seq(rs);
    pc_records_close(rs);
    rs = open_store(state);
    struct pc_record r = get(rs, id);
    assert_int_equal(r.status, PC_PROCESSED);
    assert_int_equal(json_array_size(r.shots), 1);
    pc_record_finish(&r);
    assert_int_equal(last_seq(rs), seq);
    named(rs, "s/k.jpg", true);
    assert_true(insert(rs, "v") > id);
    pc_records_close(rs);
}

static void two_openings_are_one_store(void **state)
{
    struct pc_records *a = open_store(state), *b = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created = true;
    int64_t id = insert(a, "u");
    assert_ok(pc_records_insert(b, &(struct pc_record_new){.url = "u"}, &r, &created, &err), &err);
    assert_false(created);
    assert_int_equal(r.id, id);
    pc_record_finish(&r);
    finish_with_shot(b, id, "k", false);
    r = get(a, id);
    assert_int_equal(r.status, PC_PROCESSED);
    pc_record_finish(&r);
    pc_records_close(a);
    pc_records_close(b);
}

struct child {
    const struct contract *c;
    int out; /* pipe: an id for each insert that was answered */
};

static int insert_until_killed(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    if (pc_records_open(child->c->d->driver, child->c->address, &rs, &err))
        return CHILD_FAILED;
    for (int i = 0;; i++) {
        char url[32];
        struct pc_record r;
        bool created;
        snprintf(url, sizeof url, "u%d", i);
        if (pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err) ||
            write(child->out, &r.id, sizeof r.id) != sizeof r.id)
            return CHILD_FAILED;
        pc_record_finish(&r);
    }
}

static void kill_9_loses_no_answered_insert(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct child child = {.c = *state, .out = ends[1]};
    pid_t pid = contract_fork(insert_until_killed, &child);
    close(ends[1]);
    int64_t id, answered = 0;
    while (answered < 20 && read(ends[0], &id, sizeof id) == sizeof id)
        answered++;
    contract_kill(pid);
    while (read(ends[0], &id, sizeof id) == sizeof id)
        answered++;
    close(ends[0]);
    assert_true(answered >= 20);
    struct pc_records *rs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT];
    struct pc_record r = get(rs, id);
    pc_record_finish(&r);
    assert_ok(pc_records_count(rs, counts, NULL, NULL, &err), &err);
    assert_true(counts[PC_PENDING] >= answered);
    pc_records_close(rs);
}

static const struct contract_case cases[] = {
    CASE(insert_makes_a_pending_record),
    CASE(insert_of_a_known_url_finds_it),
    CASE(a_batch_answers_each_and_finds_doubles),
    CASE(a_batch_with_a_bad_one_adds_none),
    CASE(bad_arguments_are_refused),
    CASE(wrong_addresses_are_refused),
    CASE(what_is_not_there_is_not_found),
    CASE(a_record_lives_from_pending_to_processed),
    CASE(a_stored_original_begins_with_decoding),
    CASE(a_finished_record_does_not_change),
    CASE(a_failed_try_stays_pending_and_a_final_one_fails),
    CASE(retry_makes_a_failed_one_pending),
    CASE(remove_gives_what_was_and_never_reuses_the_id),
    CASE(counts_follow_every_change),
    CASE(lists_page_and_sort),
    CASE(lists_filter),
    CASE(lists_search_texts_as_they_are),
    CASE(a_number_finds_the_id),
    CASE(since_gives_changes_in_their_order),
    CASE(stale_gives_the_oldest_pending),
    CASE(blobs_are_named_by_originals_and_shots),
    CASE(eight_threads_make_one_record_of_a_url),
    CASE(one_of_eight_finishes_a_record),
    CASE(readers_and_writers_work_at_once),
    CASE_IF(CAN_PERSIST, reopening_finds_everything),
    CASE_IF(CAN_SHARE, two_openings_are_one_store),
    CASE_IF(CAN_PERSIST, kill_9_loses_no_answered_insert),
};

int main(void)
{
    return contract_run("records", drivers, sizeof drivers / sizeof *drivers, cases,
                        sizeof cases / sizeof *cases);
}
