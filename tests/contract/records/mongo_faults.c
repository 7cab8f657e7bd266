/* What only the MongoDB driver promises: servers that are away, killed, frozen or refuse; documents
 * of the first version and what a Node program reads; the order of seq; what dead processes leave
 * behind; indexes. */
#include <mongoc/mongoc.h>
#include <stdio.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mongo_place.h"
#include "records/drivers.h"
#include "records/mongo_query.h"

static struct pc_records *open_at(const char *address)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_ok(pc_records_open(&pc_records_mongo, address, &rs, &err), &err);
    return rs;
}

/* Address of a fresh database; skips the test when there is no server. */
#define fresh_place(var)                                                                           \
    const char *var##_why = NULL;                                                                  \
    char *var = mongo_place_address(&var##_why);                                                   \
    if (!var)                                                                                      \
    skip_because(var##_why)

static void end_place(char *address)
{
    mongo_place_drop(address);
    free(address);
}

static int64_t insert(struct pc_records *rs, const char *url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err), &err);
    assert_true(created);
    int64_t id = r.id;
    pc_record_finish(&r);
    return id;
}

static int64_t last_seq(struct pc_records *rs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t counts[PC_STATUS_COUNT], seq;
    assert_ok(pc_records_count(rs, NULL, counts, NULL, &seq, &err), &err);
    return seq;
}

/* The database beside the driver, as another program has it. */
struct beside {
    mongoc_client_t *client;
    mongoc_database_t *db;
};

static struct beside beside_open(const char *address)
{
    struct beside b;
    mongoc_init();
    b.client = mongoc_client_new(address);
    mongoc_client_set_error_api(b.client, MONGOC_ERROR_API_VERSION_2);
    b.db = mongoc_client_get_default_database(b.client);
    return b;
}

static void beside_close(struct beside *b)
{
    mongoc_database_destroy(b->db);
    mongoc_client_destroy(b->client);
}

static void beside_insert(struct beside *b, const char *collection, bson_t *doc)
{
    bson_error_t e;
    mongoc_collection_t *c = mongoc_database_get_collection(b->db, collection);
    if (!mongoc_collection_insert_one(c, doc, NULL, NULL, &e))
        fail_msg("%s", e.message);
    mongoc_collection_destroy(c);
    bson_destroy(doc);
}

static void beside_update(struct beside *b, const char *collection, bson_t *filter, bson_t *update)
{
    bson_error_t e;
    mongoc_collection_t *c = mongoc_database_get_collection(b->db, collection);
    if (!mongoc_collection_update_one(c, filter, update, NULL, NULL, &e))
        fail_msg("%s", e.message);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    bson_destroy(update);
}

static bson_t *beside_find(struct beside *b, const char *collection, bson_t *filter)
{
    const bson_t *found;
    mongoc_collection_t *c = mongoc_database_get_collection(b->db, collection);
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(c, filter, NULL, NULL);
    bson_t *doc = mongoc_cursor_next(cursor, &found) ? bson_copy(found) : NULL;
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    bson_destroy(filter);
    return doc;
}

/* Addresses and servers */

static void wrong_addresses_are_refused_without_a_secret(void **state)
{
    static const char *const bad[] = {"mongodb:",
                                      "mongodb://",
                                      "mongodb://u:se:cret@h/db",
                                      "mongodb://u:secret@h:70000/db",
                                      "mongodb://h/?serverSelectionTimeoutMS=secret&tls=maybe",
                                      "mongodbx"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_records *rs;
        assert_code(pc_records_open(&pc_records_mongo, bad[i], &rs, &err), PC_E_CONFIG);
        assert_null(rs);
        assert_null(strstr(err.message, "secret"));
        assert_null(strstr(err.detail, "secret"));
    }
    assert_true(pc_records_driver_takes(&pc_records_mongo, "mongodb://h/db"));
    assert_true(pc_records_driver_takes(&pc_records_mongo, "mongodb+srv://h/db"));
    assert_true(pc_records_mongo.remote);
}

static void a_server_that_is_away_is_told_within_seconds(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    int64_t start = pc_mono_ms();
    assert_code(pc_records_open(&pc_records_mongo, "mongodb://127.0.0.1:1/db", &rs, &err),
                PC_E_STORE_UNAVAILABLE);
    assert_true(pc_mono_ms() - start < 5000);
    start = pc_mono_ms();
    assert_code(pc_records_open(&pc_records_mongo,
                                "mongodb://127.0.0.1:1/db?serverSelectionTimeoutMS=300", &rs, &err),
                PC_E_STORE_UNAVAILABLE);
    assert_true(pc_mono_ms() - start < 2000);
}

static void refused_credentials_are_told(void **state)
{
    (void)state;
    fresh_place(address);
    if (!mongo_place_is_ferretdb())
        skip_because("the server given may have such a user");
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    char *with_user = pc_xasprintf("mongodb://nobody:sesame@%s", address + strlen("mongodb://"));
    int64_t start = pc_mono_ms();
    assert_code(pc_records_open(&pc_records_mongo, with_user, &rs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.message, "password"));
    assert_null(strstr(err.detail, "sesame"));
    assert_true(pc_mono_ms() - start < 5000);
    free(with_user);
    free(address);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    bson_error_t e = {.domain = MONGOC_ERROR_SERVER, .code = 14031, .message = "x"};
    assert_code(pc_mongo_fail(&err, &e), PC_E_STORE_FULL);
    e = (bson_error_t){
        .domain = MONGOC_ERROR_SERVER, .code = 1, .message = "database or disk is full (13)"};
    assert_code(pc_mongo_fail(&err, &e), PC_E_STORE_FULL);
    e = (bson_error_t){.domain = MONGOC_ERROR_SERVER, .code = 13, .message = "not authorized"};
    assert_code(pc_mongo_fail(&err, &e), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.message, "right"));
}

struct own { /* a server of the test alone */
    struct test_server *server;
    char *address;
};

#define own_server(var)                                                                            \
    const char *var##_why = NULL;                                                                  \
    struct own var = {.server = test_server_start(TEST_MONGO, &var##_why)};                        \
    if (!var.server)                                                                               \
        skip_because(var##_why);                                                                   \
    var.address = pc_xasprintf("mongodb://127.0.0.1:%d/db", test_server_port(var.server))

static void end_own(struct own *own)
{
    test_server_stop(own->server);
    free(own->address);
}

/* Every call fails with store_unavailable, each within ms. */
static void expect_away(struct pc_records *rs, int64_t id, int64_t ms)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    struct pc_record r;
    bool created;
    enum pc_code codes[6];
    int64_t took[6], counts[PC_STATUS_COUNT];
    for (int i = 0; i < 6; i++) {
        int64_t start = pc_mono_ms();
        switch (i) {
        case 0: codes[i] = pc_records_get(rs, id, &r, &err); break;
        case 1: codes[i] = pc_records_list(rs, &q, &list, &err); break;
        case 2: codes[i] = pc_records_begin(rs, id, &r, &err); break;
        case 3:
            codes[i] =
                pc_records_insert(rs, &(struct pc_record_new){.url = "new"}, &r, &created, &err);
            break;
        case 4: codes[i] = pc_records_ping(rs, &err); break;
        default: codes[i] = pc_records_count(rs, NULL, counts, NULL, NULL, &err); break;
        }
        took[i] = pc_mono_ms() - start;
    }
    for (int i = 0; i < 6; i++) {
        assert_int_equal(codes[i], PC_E_STORE_UNAVAILABLE);
        if (took[i] > ms)
            fail_msg("call %d took %d ms", i, (int)took[i]);
    }
}

static void a_killed_server_is_told_and_found_again(void **state)
{
    (void)state;
    own_server(own);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_records *rs = open_at(own.address);
    int64_t id = insert(rs, "a"), other = insert(rs, "b");
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    test_server_kill(own.server);
    expect_away(rs, id, 4000);
    test_server_again(own.server);
    int64_t start = pc_mono_ms();
    while (pc_records_ping(rs, &err) && pc_mono_ms() - start < 15000)
        pc_sleep_ms(100);
    assert_ok(pc_records_get(rs, other, &r, &err), &err);
    assert_string_equal(r.url, "b");
    pc_record_finish(&r);
    assert_ok(pc_records_finish(rs, id, &(struct pc_record_result){.width = 3}, &err), &err);
    assert_true(insert(rs, "c") > other);
    pc_records_close(rs);
    end_own(&own);
}

static void a_frozen_server_is_a_time_out(void **state)
{
    (void)state;
    own_server(own);
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    char *address = pc_xasprintf("%s?socketTimeoutMS=700&connectTimeoutMS=700"
                                 "&serverSelectionTimeoutMS=700",
                                 own.address);
    struct pc_records *rs = open_at(address);
    int64_t id = insert(rs, "a");
    test_server_freeze(own.server);
    expect_away(rs, id, 5000);
    test_server_thaw(own.server);
    int64_t start = pc_mono_ms();
    while (pc_records_ping(rs, &err) && pc_mono_ms() - start < 15000)
        pc_sleep_ms(100);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_true(r.attempts >= 1); /* what was asked while it slept may have been done since */
    pc_record_finish(&r);
    pc_records_close(rs);
    free(address);
    end_own(&own);
}

/* Documents of others */

static void a_node_program_reads_what_it_knew(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    bson_iter_t it, shot;
    int64_t id = insert(rs, "http://a.example/1.jpg");
    json_t *shots = json_pack("[{s:s, s:s, s:s}]", "label", "neck", "url", "http://s.example/n.jpg",
                              "key", "shots/n.jpg");
    assert_ok(pc_records_finish(rs, id, &(struct pc_record_result){.shots = shots}, &err), &err);
    json_decref(shots);
    bson_t *doc = beside_find(&b, "images", BCON_NEW("url", BCON_UTF8("http://a.example/1.jpg")));
    assert_non_null(doc);
    assert_true(bson_iter_init_find(&it, doc, "_id") && bson_iter_as_int64(&it) == id);
    assert_true(bson_iter_init_find(&it, doc, "status"));
    assert_string_equal(bson_iter_utf8(&it, NULL), "processed");
    assert_true(bson_iter_init(&it, doc) && bson_iter_find_descendant(&it, "shots.0.label", &shot));
    assert_string_equal(bson_iter_utf8(&shot, NULL), "neck");
    assert_true(bson_iter_init(&it, doc) && bson_iter_find_descendant(&it, "shots.0.url", &shot));
    assert_string_equal(bson_iter_utf8(&shot, NULL), "http://s.example/n.jpg");
    bson_destroy(doc);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

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
        q.sort = (enum pc_sort)sort;
        assert_ok(pc_records_list(rs, &q, &list, &err), &err);
        assert_true(list.n == 0 && list.total == 0);
        pc_record_list_finish(&list);
    }
    assert_ok(pc_records_count(rs, NULL, counts, NULL, NULL, &err), &err);
    assert_true(counts[0] == 0 && counts[1] == 0 && counts[2] == 0);
    assert_ok(pc_records_stale(rs, INT64_MAX, ids, 4, &n, &err), &err);
    assert_int_equal(n, 0);
}

static void old_documents_are_passed_over_until_their_url_comes_again(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct beside b = beside_open(address);
    bson_oid_t oid[2];
    char hex[25];
    bson_iter_t it;
    for (int i = 0; i < 2; i++)
        bson_oid_init(&oid[i], NULL);
    beside_insert(&b, "images", first_version(&oid[0], "http://old.example/1", "processed"));
    beside_insert(&b, "images", first_version(&oid[1], "http://old.example/2", "pending"));
    struct pc_records *rs = open_at(address);
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
    json_t *shot = json_array_get(items[0].shots, 0);
    assert_string_equal(json_string_value(json_object_get(shot, "url")), "http://s.example/1.jpg");
    bson_t *old = beside_find(&b, "images", BCON_NEW("_id", BCON_OID(&oid[0])));
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
    assert_true(insert(rs, "http://old.example/1") > id);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void documents_of_other_programs_read_as_far_as_they_go(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct beside b = beside_open(address);
    struct pc_record r;
    beside_insert(&b, "images",
                  BCON_NEW("_id", BCON_DOUBLE(41), "url", BCON_UTF8("u"), "status",
                           BCON_UTF8("nonsense"), "shots", BCON_UTF8("none"), "bytes",
                           BCON_UTF8("many"), "detail", "[", "]", "width", BCON_DOUBLE(640)));
    struct pc_records *rs = open_at(address);
    assert_ok(pc_records_get(rs, 41, &r, &err), &err);
    assert_string_equal(r.url, "u");
    assert_true(r.status == PC_PENDING && r.bytes == 0 && r.width == 640 && r.seq == 0);
    assert_true(json_is_array(r.shots) && json_is_object(r.detail) && json_is_object(r.edits));
    assert_string_equal(r.name, "");
    pc_record_finish(&r);
    assert_true(insert(rs, "v") > 41); /* the counter begins above */
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void two_documents_of_one_url_are_told_at_start(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct beside b = beside_open(address);
    struct pc_records *rs;
    bson_oid_t oid[2];
    for (int i = 0; i < 2; i++) {
        bson_oid_init(&oid[i], NULL);
        beside_insert(&b, "images", first_version(&oid[i], "http://old.example/1", "processed"));
    }
    enum pc_code rc = pc_records_open(&pc_records_mongo, address, &rs, &err);
    if (rc == PC_OK)
        pc_records_close(rs);
    beside_close(&b);
    end_place(address);
    if (rc != PC_E_CONFIG)
        fail_msg("%s [%s]", pc_code_name(rc), err.detail);
    assert_non_null(strstr(err.message, "same url"));
}

static void any_name_in_json_comes_back(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address);
    struct pc_record r;
    int64_t id = insert(rs, "u");
    json_t *detail = json_pack("{s:i, s:f, s:n, s:b, s:{s:[i,s,{s:s}]}, s:I, s:s}", "a.b", 1,
                               "$set", 1.5, "", "%", 1, "in.ner", "$x", 2, "t", "\xc3\xa4%2E",
                               "\xf0\x9f\x91\x97", "big", (json_int_t)9007199254740991, "$", "$");
    assert_non_null(detail);
    assert_ok(pc_records_finish(rs, id, &(struct pc_record_result){.detail = detail}, &err), &err);
    assert_ok(pc_records_get(rs, id, &r, &err), &err);
    assert_true(json_equal(r.detail, detail));
    pc_record_finish(&r);
    json_decref(detail);
    pc_records_close(rs);
    end_place(address);
}

/* The order of seq */

/* What another process does that has taken a seq and has not written yet. */
static int64_t take_seq_beside(struct beside *b, const char *token, int64_t below)
{
    char path[48];
    snprintf(path, sizeof path, "open.%s", token);
    beside_update(b, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$inc", "{", "seq", BCON_INT64(1), "}", "$set", "{", path,
                           BCON_INT64(below), "}"));
    return below + 1;
}

static void write_seq_beside(struct beside *b, const char *token, int64_t id, int64_t seq)
{
    char path[48];
    snprintf(path, sizeof path, "open.%s", token);
    beside_update(b, "images", BCON_NEW("_id", BCON_INT64(id)),
                  BCON_NEW("$set", "{", "seq", BCON_INT64(seq), "stage", BCON_UTF8("late"), "}"));
    beside_update(b, "store", BCON_NEW("_id", BCON_UTF8("images")),
                  BCON_NEW("$unset", "{", path, BCON_INT32(1), "}"));
}

/* Lists what changed since; answers how many, *seq is where to go on. */
static int changes_since(struct pc_records *rs, int64_t *seq)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    q.since_seq = *seq;
    assert_ok(pc_records_list(rs, &q, &list, &err), &err);
    int n = list.n;
    for (int i = 0; i < n; i++)
        assert_true(list.items[i].seq <= list.last_seq);
    *seq = list.last_seq;
    pc_record_list_finish(&list);
    return n;
}

static void a_late_change_is_not_overtaken(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address), *other = open_at(address);
    struct beside b = beside_open(address);
    int64_t slow = insert(rs, "slow"), quick = insert(rs, "quick");
    int64_t seq = last_seq(rs), seen = seq;
    int64_t late = take_seq_beside(&b, "late", seq);
    assert_ok(pc_records_progress(other, quick, "posing", 10, &err), &err);
    assert_int_equal(changes_since(rs, &seen), 0); /* 4 is there, 3 is not: neither shows */
    assert_int_equal(seen, seq);
    write_seq_beside(&b, "late", slow, late);
    assert_int_equal(changes_since(rs, &seen), 2);
    assert_int_equal(seen, late + 1);
    assert_int_equal(changes_since(other, &seen), 0);
    beside_close(&b);
    pc_records_close(rs);
    pc_records_close(other);
    end_place(address);
}

struct writers {
    struct pc_records *rs[2];
    int64_t ids[2];
    int failed[3];
    int missed;
    bool done[2];
};

/* 0 and 1 write, 2 polls and checks that it sees the last change of each. */
static void write_or_poll(void *ctx, int i)
{
    struct writers *w = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int round = 1; i < 2 && round <= 25; round++)
        w->failed[i] += pc_records_progress(w->rs[i], w->ids[i], "posing", round, &err) != PC_OK;
    if (i < 2)
        __atomic_store_n(&w->done[i], true, __ATOMIC_RELEASE);
    int64_t since = 1;
    int progress[2] = {0, 0};
    for (int last = 0; i == 2 && last < 2;) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        struct pc_record_list list;
        last += __atomic_load_n(&w->done[0], __ATOMIC_ACQUIRE) &&
                __atomic_load_n(&w->done[1], __ATOMIC_ACQUIRE);
        q.since_seq = since;
        q.limit = 1; /* a full page: the next begins behind its last one */
        if (pc_records_list(w->rs[0], &q, &list, &err)) {
            w->failed[2]++;
            continue;
        }
        last = list.n ? 0 : last;
        for (int k = 0; k < list.n; k++)
            progress[list.items[k].id == w->ids[1]] = list.items[k].progress;
        since = list.n == q.limit ? list.items[list.n - 1].seq : list.last_seq;
        pc_record_list_finish(&list);
    }
    if (i == 2)
        w->missed = (progress[0] != 25) + (progress[1] != 25);
}

static void a_poller_misses_nothing_of_two_writers(void **state)
{
    (void)state;
    fresh_place(address);
    struct writers w = {.rs = {open_at(address), open_at(address)}};
    w.ids[0] = insert(w.rs[0], "a");
    w.ids[1] = insert(w.rs[1], "b");
    contract_threads(3, write_or_poll, &w);
    assert_int_equal(w.failed[0] + w.failed[1] + w.failed[2], 0);
    assert_int_equal(w.missed, 0);
    pc_records_close(w.rs[0]);
    pc_records_close(w.rs[1]);
    end_place(address);
}

/* What the dead leave behind */

static void a_change_that_nobody_ends_is_given_up(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    int64_t id = insert(rs, "a"), seq = last_seq(rs), start = pc_mono_ms();
    take_seq_beside(&b, "dead", seq);
    assert_true(insert(rs, "b") > id);
    assert_int_equal(last_seq(rs), seq);
    while (last_seq(rs) == seq && pc_mono_ms() - start < 20000)
        pc_sleep_ms(200);
    assert_int_equal(last_seq(rs), seq + 2);
    assert_true(pc_mono_ms() - start > 8000);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void a_turn_that_nobody_ends_is_ended(void **state)
{
    (void)state;
    fresh_place(address);
    if (!mongo_place_is_ferretdb())
        skip_because("there are no turns on this server");
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    int64_t start = pc_mono_ms();
    beside_insert(&b, "turns",
                  BCON_NEW("_id", BCON_UTF8("turn"), "by", BCON_UTF8("0123456789abcdef01234567")));
    int64_t id = insert(rs, "a");
    assert_true(pc_mono_ms() - start > 3000 && pc_mono_ms() - start < 8000);
    start = pc_mono_ms();
    assert_true(insert(rs, "b") > id);
    assert_true(pc_mono_ms() - start < 1000);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void a_removal_that_was_not_done_is_none(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    struct pc_record r;
    int64_t living = insert(rs, "a"), dead = insert(rs, "b"), ids[4];
    int n;
    bool all;
    beside_insert(&b, "removed", BCON_NEW("_id", BCON_INT64(living), "seq", BCON_INT64(2)));
    assert_ok(pc_records_remove(rs, dead, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_gone(rs, 0, ids, 4, &n, &all, &err), &err);
    assert_true(all && n == 1 && ids[0] == dead);
    assert_ok(pc_records_remove(rs, living, &r, &err), &err); /* now it is done */
    pc_record_finish(&r);
    assert_ok(pc_records_gone(rs, 0, ids, 4, &n, &all, &err), &err);
    assert_true(all && n == 2 && ids[1] == living);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void removals_long_ago_are_forgotten(void **state)
{
    (void)state;
    fresh_place(address);
    enum { MORE = 50 };
    struct pc_err err = PC_ERR_INIT;
    struct beside b = beside_open(address);
    bson_t *docs[PC_RECORDS_GONE_MAX + MORE];
    int64_t *ids = pc_xmalloc((PC_RECORDS_GONE_MAX + MORE) * sizeof *ids);
    int n;
    bool all;
    for (int i = 0; i < PC_RECORDS_GONE_MAX + MORE; i++)
        docs[i] = BCON_NEW("_id", BCON_INT64(1000 + i), "seq", BCON_INT64(i + 1));
    mongoc_collection_t *c = mongoc_database_get_collection(b.db, "removed");
    assert_true(mongoc_collection_insert_many(c, (const bson_t **)docs, PC_RECORDS_GONE_MAX + MORE,
                                              NULL, NULL, NULL));
    mongoc_collection_destroy(c);
    for (int i = 0; i < PC_RECORDS_GONE_MAX + MORE; i++)
        bson_destroy(docs[i]);
    struct pc_records *rs = open_at(address); /* prunes */
    int room = PC_RECORDS_GONE_MAX + MORE;
    assert_ok(pc_records_gone(rs, MORE - 1, ids, room, &n, &all, &err), &err);
    assert_false(all);
    assert_ok(pc_records_gone(rs, MORE, ids, room, &n, &all, &err), &err);
    assert_true(all && n == PC_RECORDS_GONE_MAX && ids[0] == 1000 + MORE);
    free(ids);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static void a_lost_counter_is_told_and_made_anew_at_start(void **state)
{
    (void)state;
    fresh_place(address);
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    struct pc_record r;
    int64_t id = insert(rs, "a"), seq = last_seq(rs), counts[PC_STATUS_COUNT];
    mongoc_collection_t *c = mongoc_database_get_collection(b.db, "store");
    assert_true(mongoc_collection_drop(c, NULL));
    mongoc_collection_destroy(c);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_count(rs, NULL, counts, NULL, NULL, &err), PC_E_STORE_UNAVAILABLE);
    pc_records_close(rs);
    rs = open_at(address);
    assert_int_equal(last_seq(rs), seq);
    assert_true(insert(rs, "b") > id);
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

/* Indexes */

/* Gives how the server would run a query, in its words; NULL when it does not tell. */
static char *plan_of(struct beside *b, const bson_t *filter, const bson_t *opts)
{
    bson_t reply, sort = BSON_INITIALIZER;
    bson_iter_t it, found;
    const uint8_t *data;
    uint32_t len;
    if (bson_iter_init_find(&it, opts, "sort")) {
        bson_iter_document(&it, &len, &data);
        assert_true(bson_init_static(&sort, data, len));
    }
    bson_t *command = BCON_NEW("explain", "{", "find", BCON_UTF8("images"), "filter",
                               BCON_DOCUMENT(filter), "sort", BCON_DOCUMENT(&sort), "}");
    bool tells = mongoc_database_command_simple(b->db, command, NULL, &reply, NULL) &&
                 bson_iter_init(&it, &reply) &&
                 bson_iter_find_descendant(&it, "queryPlanner.winningPlan", &found);
    char *text = tells ? bson_as_relaxed_extended_json(&reply, NULL) : NULL;
    bson_destroy(command);
    bson_destroy(&reply);
    return text;
}

static bool tells_plans(const char *address)
{
    struct beside b = beside_open(address);
    bson_t all = BSON_INITIALIZER;
    char *plan = plan_of(&b, &all, &all);
    bool tells = plan != NULL;
    bson_free(plan);
    beside_close(&b);
    return tells;
}

/* Takes both. */
static void expect_index(struct beside *b, bson_t *filter, bson_t *opts)
{
    char *plan = plan_of(b, filter, opts);
    assert_non_null(plan);
    if (strstr(plan, "COLLSCAN"))
        fail_msg("%s", plan);
    bson_free(plan);
    bson_destroy(filter);
    bson_destroy(opts);
}

static void queries_use_indexes(void **state)
{
    (void)state;
    fresh_place(address);
    if (!tells_plans(address)) {
        end_place(address);
        skip_because("this server does not tell MongoDB's plans (FerretDB 1 has one: to read all)");
    }
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = open_at(address);
    struct beside b = beside_open(address);
    insert(rs, "a");
    for (int form = 0; form < 4 * 6; form++) {
        struct pc_record_query q = PC_RECORD_QUERY_INIT;
        bson_t *filter;
        q.sort = (enum pc_sort)(form % 4);
        q.status = form / 4 == 1 ? PC_FAILED : -1;
        q.attention = form / 4 == 2 ? 1 : -1;
        q.review = form / 4 == 3 ? PC_REVIEW_REJECTED : -1;
        q.batch = form / 4 == 4 ? "b" : NULL;
        q.since_seq = form / 4 == 5 ? 5 : 0;
        assert_ok(pc_mongo_filter(&q, 10, &filter, &err), &err);
        expect_index(&b, filter, pc_mongo_list_opts(&q));
    }
    expect_index(&b, pc_mongo_blob_filter("k"), bson_new());
    expect_index(&b, pc_mongo_stale_filter(1), pc_mongo_stale_opts(5));
    beside_close(&b);
    pc_records_close(rs);
    end_place(address);
}

static int end_server(void **state)
{
    (void)state;
    mongo_place_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_addresses_are_refused_without_a_secret),
        cmocka_unit_test(a_server_that_is_away_is_told_within_seconds),
        cmocka_unit_test(refused_credentials_are_told),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_killed_server_is_told_and_found_again),
        cmocka_unit_test(a_frozen_server_is_a_time_out),
        cmocka_unit_test(a_node_program_reads_what_it_knew),
        cmocka_unit_test(old_documents_are_passed_over_until_their_url_comes_again),
        cmocka_unit_test(documents_of_other_programs_read_as_far_as_they_go),
        cmocka_unit_test(two_documents_of_one_url_are_told_at_start),
        cmocka_unit_test(any_name_in_json_comes_back),
        cmocka_unit_test(a_late_change_is_not_overtaken),
        cmocka_unit_test(a_poller_misses_nothing_of_two_writers),
        cmocka_unit_test(a_change_that_nobody_ends_is_given_up),
        cmocka_unit_test(a_turn_that_nobody_ends_is_ended),
        cmocka_unit_test(a_removal_that_was_not_done_is_none),
        cmocka_unit_test(removals_long_ago_are_forgotten),
        cmocka_unit_test(a_lost_counter_is_told_and_made_anew_at_start),
        cmocka_unit_test(queries_use_indexes),
    };
    return cmocka_run_group_tests_name("records in MongoDB", tests, NULL, end_server);
}
