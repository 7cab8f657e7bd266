/* What only the MongoDB driver promises of documents of the first version: they are passed over,
 * taken over when their url is submitted again, and taken in by pc_mongo_import_legacy, whatever
 * happens meanwhile. */
#include <stdio.h>

#include "../contract.h"
#include "base/clock.h"
#include "mongo_store.h"
#include "records/drivers.h"

static bson_t *first_version(const bson_oid_t *oid, const char *url, const char *status)
{
    return BCON_NEW("_id", BCON_OID(oid), "url", BCON_UTF8(url), "status", BCON_UTF8(status),
                    "shots", "[", "{", "_id", BCON_OID(oid), "label", BCON_UTF8("neck"), "url",
                    BCON_UTF8("http://s.example/1.jpg"), "}", "]", "__v", BCON_INT32(0));
}

static void expect_none_shown(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    int64_t counts[PC_STATUS_COUNT], ids[4];
    int n;
    q.want_total = true;
    for (int sort = 0; sort < 4; sort++) {
        q.sort = (enum pc_record_sort)sort;
        assert_ok(pc_records_list(rs, &q, &list, &err), &err);
        assert_true(list.n == 0 && list.total == 0);
        pc_record_list_finish(&list);
    }
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_true(counts[0] == 0 && counts[1] == 0 && counts[2] == 0);
    assert_ok(pc_records_list_stale(rs, INT64_MAX, ids, 4, &n, &err), &err);
    assert_int_equal(n, 0);
}

static void legacy_documents_are_hidden_until_their_url_comes_again(void **state)
{
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    bson_oid_t oid[2];
    char hex[25];
    bson_iter_t it;
    for (int i = 0; i < 2; i++)
        bson_oid_init(&oid[i], NULL);
    direct_insert(&d, "images", first_version(&oid[0], "http://old.example/1", "processed"));
    direct_insert(&d, "images", first_version(&oid[1], "http://old.example/2", "pending"));
    struct pc_records *rs = mongo_open_at(store_url);
    expect_none_shown(rs);
    struct pc_record_new fresh[] = {{.url = "http://old.example/1", .name = "1"},
                                    {.url = "new"},
                                    {.url = "http://old.example/1"}};
    struct pc_record items[3];
    bool created[3];
    assert_ok(pc_records_insert_many(rs, fresh, 3, items, created, &err), &err);
    assert_true(!created[0] && created[1] && !created[2]);
    assert_true(items[0].id >= 1 && items[0].id == items[2].id && items[1].id > items[0].id);
    assert_int_equal(items[0].status, PC_PROCESSED);
    assert_string_equal(items[0].name, "1");
    assert_string_equal(items[0].result.shots[0].url, "http://s.example/1.jpg");
    bson_t *old = direct_find(&d, "images", BCON_NEW("_id", BCON_OID(&oid[0])));
    assert_true(old && bson_iter_init_find(&it, old, "status"));
    assert_string_equal(bson_iter_utf8(&it, NULL), "processed");
    assert_true(bson_iter_init_find(&it, old, "movedTo") && bson_iter_as_int64(&it) == items[0].id);
    bson_oid_to_string(&oid[0], hex);
    assert_true(bson_iter_init_find(&it, old, "url"));
    assert_string_equal(bson_iter_utf8(&it, NULL) + strlen("moved:"), hex);
    bson_destroy(old);
    int64_t id = items[0].id;
    for (int i = 0; i < 3; i++)
        pc_record_finish(&items[i]);
    struct pc_record r;
    assert_ok(pc_records_recut(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    assert_true(mongo_insert_url(rs, "http://old.example/1") > id);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(store_url);
}

enum { LEGACY = 25 };

static bson_t *legacy_document(int i, bson_oid_t *oid)
{
    static const char *const statuses[] = {"processed", "failed", "pending"};
    char url[64];
    bson_oid_init(oid, NULL);
    snprintf(url, sizeof url, "http://old.example/%d.jpg?x=1", i);
    return first_version(oid, url, statuses[i % 3]);
}

static int import_all(struct pc_records *rs, int at_once)
{
    struct pc_err err = PC_ERR_INIT;
    int all = 0, imported = 1;
    while (imported) {
        assert_ok(pc_mongo_import_legacy(rs, at_once, &imported, &err), &err);
        all += imported;
    }
    return all;
}

/* Each old url is there once, with its status; returns the id that i got. */
static int64_t expect_imported(struct direct *d, int i)
{
    bson_iter_t it;
    char url[64];
    snprintf(url, sizeof url, "http://old.example/%d.jpg?x=1", i);
    bson_t *doc = direct_find(d, "images", BCON_NEW("url", BCON_UTF8(url)));
    assert_true(doc && bson_iter_init_find(&it, doc, "_id") && BSON_ITER_HOLDS_INT64(&it));
    int64_t id = bson_iter_int64(&it);
    assert_true(bson_iter_init_find(&it, doc, "shots"));
    bson_destroy(doc);
    doc = direct_find(d, "images",
                      BCON_NEW("movedUrl", BCON_UTF8(url), "_id", "{", "$type",
                               BCON_UTF8("objectId"), "}", "seq", BCON_INT64(-2)));
    assert_true(doc && bson_iter_init_find(&it, doc, "movedTo") && bson_iter_as_int64(&it) == id);
    bson_destroy(doc);
    return id;
}

static void legacy_documents_are_imported(void **state)
{
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    bson_oid_t oid[LEGACY];
    int64_t counts[PC_STATUS_COUNT];
    for (int i = 0; i < LEGACY; i++)
        direct_insert(&d, "images", legacy_document(i, &oid[i]));
    struct pc_records *rs = mongo_open_at(store_url);
    mongo_insert_url(rs, "new");
    assert_int_equal(import_all(rs, 10), LEGACY);
    assert_int_equal(import_all(rs, 10), 0);
    for (int i = 0; i < LEGACY; i++)
        assert_true(expect_imported(&d, i) > 1);
    struct pc_record r;
    assert_ok(pc_records_get(rs, expect_imported(&d, 0), &r, &err), &err);
    assert_string_equal(r.name, "0.jpg");
    assert_true(r.status == PC_PROCESSED && r.progress == 100 && r.seq > 0);
    assert_true(r.created_ms > 1700000000000 && r.finished_ms == r.updated_ms);
    assert_int_equal(r.result.n_shots, 1);
    pc_record_finish(&r);
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_true(counts[PC_PROCESSED] == 9 && counts[PC_FAILED] == 8 && counts[PC_PENDING] == 9);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(store_url);
}

/* The document as an import leaves it that was killed after it had begun to move it to id. */
static void leave_half_moved(struct direct *d, const bson_oid_t *oid, int i, int64_t id)
{
    char url[64], moved[16];
    snprintf(url, sizeof url, "http://old.example/%d.jpg?x=1", i);
    snprintf(moved, sizeof moved, "moved:%d", i);
    direct_update(d, "images", BCON_NEW("_id", BCON_OID(oid)),
                  BCON_NEW("$set", "{", "url", BCON_UTF8(moved), "movedUrl", BCON_UTF8(url),
                           "movedTo", BCON_INT64(id), "seq", BCON_INT64(-1), "}"));
}

static void delete_without_trace(struct direct *d, int64_t id)
{
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, "images");
    bson_t *one = BCON_NEW("_id", BCON_INT64(id));
    assert_true(mongoc_collection_delete_one(c, one, NULL, NULL, NULL));
    bson_destroy(one);
    mongoc_collection_destroy(c);
}

/* Documents 0 to 3 are left as by imports that were killed: the records 1 and 2 are not made yet, 3
 * is made, and 4 was removed since. Document 4 is untouched. */
static void an_import_resumes_wherever_one_was_killed(void **state)
{
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    bson_oid_t oid[5];
    struct pc_record r;
    for (int i = 0; i < 5; i++)
        direct_insert(&d, "images", legacy_document(i, &oid[i]));
    struct pc_records *rs = mongo_open_at(store_url);
    for (int id = 1; id <= 5; id++) {
        char url[16];
        snprintf(url, sizeof url, "new %d", id);
        assert_true(mongo_insert_url(rs, url) == id);
    }
    for (int i = 0; i < 4; i++)
        leave_half_moved(&d, &oid[i], i, i + 1);
    delete_without_trace(&d, 1);
    delete_without_trace(&d, 2);
    direct_update(&d, "images", BCON_NEW("_id", BCON_INT64(3)),
                  BCON_NEW("$set", "{", "url", BCON_UTF8("http://old.example/2.jpg?x=1"), "shots",
                           "[", "]", "}"));
    assert_ok(pc_records_remove(rs, 4, &r, &err), &err);
    pc_record_finish(&r);
    int64_t between = mongo_insert_url(rs, "http://old.example/1.jpg?x=1"); /* while it is free */
    assert_int_equal(import_all(rs, 10), 4); /* 0 anew, 1 is that of between, 2 as it is, 4 anew */
    assert_int_equal(expect_imported(&d, 0), 1);
    assert_int_equal(expect_imported(&d, 1), between);
    assert_int_equal(expect_imported(&d, 2), 3);
    assert_true(expect_imported(&d, 4) > between);
    assert_code(pc_records_get(rs, 4, &r, &err), PC_E_NOT_FOUND);
    assert_code(pc_records_get(rs, 2, &r, &err), PC_E_NOT_FOUND);
    assert_int_equal(import_all(rs, 10), 0);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(store_url);
}

struct importers {
    const char *store_url;
    int imported[4], failed[4];
};

/* 0 to 2 take in, 3 submits the same urls meanwhile. */
static void import_or_submit(void *ctx, int i)
{
    struct importers *t = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    if (pc_records_open(&pc_records_mongo, t->store_url, &rs, &err)) {
        t->failed[i]++;
        return;
    }
    for (int imported = 1; i < 3 && imported;) {
        t->failed[i] += pc_mongo_import_legacy(rs, 4, &imported, &err) != PC_OK;
        t->imported[i] += imported;
    }
    for (int k = LEGACY - 1; i == 3 && k >= 0; k--) {
        char url[64];
        struct pc_record r;
        bool created;
        snprintf(url, sizeof url, "http://old.example/%d.jpg?x=1", k);
        t->failed[i] +=
            pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err) != PC_OK;
        pc_record_finish(&r);
    }
    pc_records_close(rs);
}

static void many_import_legacy_documents_at_once(void **state)
{
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    bson_oid_t oid;
    int64_t counts[PC_STATUS_COUNT];
    for (int i = 0; i < LEGACY; i++)
        direct_insert(&d, "images", legacy_document(i, &oid));
    struct importers t = {.store_url = store_url};
    contract_threads(4, import_or_submit, &t);
    for (int i = 0; i < 4; i++)
        assert_int_equal(t.failed[i], 0);
    struct pc_records *rs = mongo_open_at(store_url);
    assert_int_equal(import_all(rs, 10), 0);
    for (int i = 0; i < LEGACY; i++)
        expect_imported(&d, i);
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_int_equal(counts[0] + counts[1] + counts[2], LEGACY);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(store_url);
}

static int import_until_killed(void *store_url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    int imported = 1;
    if (pc_records_open(&pc_records_mongo, store_url, &rs, &err))
        return CHILD_FAILED;
    while (imported)
        if (pc_mongo_import_legacy(rs, 3, &imported, &err))
            return CHILD_FAILED;
    pc_records_close(rs);
    return CHILD_OK;
}

static void kill_9_loses_and_duplicates_nothing(void **state)
{
    enum { MANY = 150, KILLS = 8 };
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    bson_oid_t oid;
    int64_t counts[PC_STATUS_COUNT];
    for (int i = 0; i < MANY; i++)
        direct_insert(&d, "images", legacy_document(i, &oid));
    struct pc_records *rs = mongo_open_at(store_url); /* makes the indexes, so that they need not */
    for (int i = 0; i < KILLS; i++) {
        pid_t pid = contract_fork(import_until_killed, store_url);
        pc_clock_sleep_ms(40 + i * 17);
        contract_kill(pid);
    }
    import_all(rs, 10);
    for (int i = 0; i < MANY; i++)
        expect_imported(&d, i);
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_int_equal(counts[0] + counts[1] + counts[2], MANY);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(store_url);
}

static void two_documents_of_one_url_are_told_at_start(void **state)
{
    (void)state;
    char *store_url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(store_url);
    struct pc_records *rs;
    bson_oid_t oid[2];
    for (int i = 0; i < 2; i++) {
        bson_oid_init(&oid[i], NULL);
        direct_insert(&d, "images", first_version(&oid[i], "http://old.example/1", "processed"));
    }
    enum pc_code rc = pc_records_open(&pc_records_mongo, store_url, &rs, &err);
    if (rc == PC_OK)
        pc_records_close(rs);
    direct_close(&d);
    mongo_store_remove(store_url);
    if (rc != PC_E_CONFIG)
        fail_msg("%s [%s]", pc_code_name(rc), err.detail);
    assert_non_null(strstr(err.message, "same url"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legacy_documents_are_hidden_until_their_url_comes_again),
        cmocka_unit_test(legacy_documents_are_imported),
        cmocka_unit_test(an_import_resumes_wherever_one_was_killed),
        cmocka_unit_test(many_import_legacy_documents_at_once),
        cmocka_unit_test(kill_9_loses_and_duplicates_nothing),
        cmocka_unit_test(two_documents_of_one_url_are_told_at_start),
    };
    return cmocka_run_group_tests_name("records in MongoDB: first version", tests, NULL,
                                       mongo_store_teardown);
}
