/* What only the MongoDB driver promises: servers that are away, killed, frozen or refuse; what dead
 * processes leave behind. */
#include <stdio.h>
#include <stdlib.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "mongo_store.h"
#include "records/drivers.h"
#include "records/mongo/internal.h"

enum { WATCHDOG_MS = 120 * 1000 }; /* ends a test that hangs */

/* --- store URLs and servers --- */

static void wrong_store_urls_are_refused_without_a_secret(void **state)
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
    assert_true(pc_records_driver_accepts(&pc_records_mongo, "mongodb://h/db"));
    assert_true(pc_records_driver_accepts(&pc_records_mongo, "mongodb+srv://h/db"));
}

static int32_t option(const mongoc_uri_t *uri, const char *name)
{
    return mongoc_uri_get_option_as_int32(uri, name, -1);
}

/* Seconds, not the half minute and the five minutes of libmongoc. */
static void time_limits_are_ours_unless_the_url_has_others(void **state)
{
    (void)state;
    mongoc_uri_t *uri = mongoc_uri_new("mongodb://h/db?socketTimeoutMS=700");
    assert_true(pc_mongo_set_defaults(uri));
    assert_int_equal(option(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS), 3000);
    assert_int_equal(option(uri, MONGOC_URI_CONNECTTIMEOUTMS), 3000);
    assert_int_equal(option(uri, MONGOC_URI_WAITQUEUETIMEOUTMS), 3000);
    assert_int_equal(option(uri, MONGOC_URI_SOCKETTIMEOUTMS), 700);
    mongoc_uri_destroy(uri);
    uri = mongoc_uri_new("mongodb://h/db?w=1");
    assert_false(pc_mongo_set_defaults(uri)); /* no majority */
    assert_int_equal(option(uri, MONGOC_URI_SOCKETTIMEOUTMS), 6000);
    mongoc_uri_destroy(uri);
}

static void a_server_that_is_away_is_told(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_code(pc_records_open(&pc_records_mongo, "mongodb://127.0.0.1:1/db", &rs, &err),
                PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_open(&pc_records_mongo,
                                "mongodb://127.0.0.1:1/db?serverSelectionTimeoutMS=300", &rs, &err),
                PC_E_STORE_UNAVAILABLE);
}

/* Opening there fails with store_unavailable, says word, and does not say the password. */
static void expect_refused(const char *url, const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    assert_code(pc_records_open(&pc_records_mongo, url, &rs, &err), PC_E_STORE_UNAVAILABLE);
    if (!strstr(err.message, word))
        fail_msg("%s [%s]", err.message, err.detail);
    assert_null(strstr(err.detail, "sesame"));
}

static void refused_credentials_are_told(void **state)
{
    (void)state;
    if (getenv("POSECRAFT_TEST_MONGODB"))
        skip_because("the server given may have such a user");
    char *url = mongo_store_fresh();
    char *with_user = pc_xasprintf("mongodb://nobody:sesame@%s", url + strlen("mongodb://"));
    expect_refused(with_user, "password");
    free(with_user);
    mongo_store_remove(url);
}

/* Takes command. */
static void as_admin(int port, const char *credentials, bson_t *command)
{
    bson_error_t e;
    char *url = pc_xasprintf("mongodb://%s127.0.0.1:%d/admin", credentials, port);
    mongoc_init();
    mongoc_client_t *client = mongoc_client_new(url);
    if (!mongoc_client_command_simple(client, "admin", command, NULL, NULL, &e))
        fail_msg("%s", e.message);
    mongoc_client_destroy(client);
    bson_destroy(command);
    free(url);
}

static bson_t *new_user(const char *name, const char *role, const char *db)
{
    return BCON_NEW("createUser", BCON_UTF8(name), "pwd", BCON_UTF8("open sesame/1"), "roles", "[",
                    "{", "role", BCON_UTF8(role), "db", BCON_UTF8(db), "}", "]");
}

static void a_server_with_users_wants_the_right_one(void **state)
{
    static const char *const with_users[] = {"--auth", NULL};
    static const struct {
        const char *credentials, *refused; /* NULL: it opens */
    } cases[] = {
        {"writer:open%20sesame%2F1@", NULL},
        {"writer:sesame@", "password"},
        {"nobody:sesame@", "password"},
        {"reader:open%20sesame%2F1@", "right"},
        {"", "right"},
    };
    const char *why = NULL;
    (void)state;
    struct test_server *server = test_server_start_with(TEST_MONGOD, with_users, &why);
    if (!server)
        skip_because(why);
    int port = test_server_port(server);
    as_admin(port, "", new_user("root", "root", "admin"));
    as_admin(port, "root:open%20sesame%2F1@", new_user("writer", "readWrite", "db"));
    as_admin(port, "root:open%20sesame%2F1@", new_user("reader", "read", "db"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *url = pc_xasprintf("mongodb://%s127.0.0.1:%d/db?authSource=admin",
                                 cases[i].credentials, port);
        if (cases[i].refused) {
            expect_refused(url, cases[i].refused);
        } else {
            struct pc_records *rs = mongo_open_at(url);
            assert_true(mongo_insert_url(rs, "a") > 0);
            pc_records_close(rs);
        }
        free(url);
    }
    test_server_stop(server);
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
    char *url;
};

/* Skips the test when there is no such server. */
static struct own own_server(void)
{
    const char *why = NULL;
    struct own own = {.server = test_server_start(TEST_MONGOD, &why)};
    if (!own.server)
        skip_because(why);
    own.url = pc_xasprintf("mongodb://127.0.0.1:%d/db", test_server_port(own.server));
    return own;
}

static void end_own(struct own *own)
{
    test_server_stop(own->server);
    free(own->url);
}

/* Every call fails with store_unavailable. */
static void expect_away(struct pc_records *rs, int64_t id)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    struct pc_record_list list;
    struct pc_record r;
    bool created;
    int64_t counts[PC_STATUS_COUNT];
    assert_code(pc_records_get(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_list(rs, &q, &list, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_insert(rs, &(struct pc_record_new){.url = "new"}, &r, &created, &err),
                PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_ping(rs, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_count(rs, NULL, counts, NULL, NULL, &err), PC_E_STORE_UNAVAILABLE);
}

static void a_killed_server_is_told_and_found_again(void **state)
{
    (void)state;
    struct own own = own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    struct pc_records *rs = mongo_open_at(own.url);
    int64_t id = mongo_insert_url(rs, "a"), other = mongo_insert_url(rs, "b");
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    pc_record_finish(&r);
    test_server_kill(own.server);
    expect_away(rs, id);
    test_server_restart(own.server);
    int64_t start = pc_clock_mono_ms();
    while (pc_records_ping(rs, &err) && pc_clock_mono_ms() - start < WATCHDOG_MS)
        pc_clock_sleep_ms(100);
    assert_ok(pc_records_get(rs, other, &r, &err), &err);
    assert_string_equal(r.url, "b");
    pc_record_finish(&r);
    assert_ok(pc_records_finish(rs, id, &(struct pc_record_completion){.width = 3}, &err), &err);
    assert_true(mongo_insert_url(rs, "c") > other);
    pc_records_close(rs);
    end_own(&own);
}

static void a_frozen_server_is_a_time_out(void **state)
{
    (void)state;
    struct own own = own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    char *url = pc_xasprintf("%s?socketTimeoutMS=700&connectTimeoutMS=700"
                             "&serverSelectionTimeoutMS=700",
                             own.url);
    struct pc_records *rs = mongo_open_at(url);
    int64_t id = mongo_insert_url(rs, "a");
    test_server_freeze(own.server);
    expect_away(rs, id);
    test_server_thaw(own.server);
    int64_t start = pc_clock_mono_ms();
    while (pc_records_ping(rs, &err) && pc_clock_mono_ms() - start < WATCHDOG_MS)
        pc_clock_sleep_ms(100);
    assert_ok(pc_records_begin(rs, id, &r, &err), &err);
    assert_true(r.attempts >= 1); /* what was asked while it slept may have been done since */
    pc_record_finish(&r);
    pc_records_close(rs);
    free(url);
    end_own(&own);
}

/* --- what the dead leave behind --- */

static void a_change_of_a_dead_process_expires(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    int64_t id = mongo_insert_url(rs, "a"), seq = mongo_last_seq(rs), start = pc_clock_mono_ms();
    direct_take_seq(&d, "dead", seq);
    assert_true(mongo_insert_url(rs, "b") > id);
    assert_int_equal(mongo_last_seq(rs), seq);
    while (mongo_last_seq(rs) == seq && pc_clock_mono_ms() - start < WATCHDOG_MS)
        pc_clock_sleep_ms(200);
    assert_int_equal(mongo_last_seq(rs), seq + 2);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

static void a_server_without_atomic_changes_is_refused(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    bson_t *mongodb = BCON_NEW("version", BCON_UTF8("7.0.77"));
    bson_t *ferretdb1 =
        BCON_NEW("version", BCON_UTF8("7.0.77"), "ferretdbVersion", BCON_UTF8("v1.24.0"));
    bson_t *ferretdb2 =
        BCON_NEW("version", BCON_UTF8("7.0.77"), "ferretdbVersion", BCON_UTF8("v2.1.0"));
    (void)state;
    assert_ok(pc_mongo_check_server(mongodb, &err), &err);
    assert_ok(pc_mongo_check_server(ferretdb2, &err), &err);
    assert_code(pc_mongo_check_server(ferretdb1, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "FerretDB 1"));
    bson_destroy(mongodb);
    bson_destroy(ferretdb1);
    bson_destroy(ferretdb2);
}

static void a_tombstone_of_an_existing_record_is_ignored(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    struct pc_record r;
    int64_t living = mongo_insert_url(rs, "a"), dead = mongo_insert_url(rs, "b"), ids[4];
    int n;
    bool all;
    direct_insert(&d, "removed", BCON_NEW("_id", BCON_INT64(living), "seq", BCON_INT64(2)));
    assert_ok(pc_records_remove(rs, dead, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_records_list_tombstones(rs, 0, ids, 4, &n, &all, &err), &err);
    assert_true(all && n == 1 && ids[0] == dead);
    assert_ok(pc_records_remove(rs, living, &r, &err), &err); /* now it is done */
    pc_record_finish(&r);
    assert_ok(pc_records_list_tombstones(rs, 0, ids, 4, &n, &all, &err), &err);
    assert_true(all && n == 2 && ids[1] == living);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

static void old_tombstones_are_pruned(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    enum { MORE = 50 };
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(url);
    bson_t *docs[PC_RECORDS_TOMBSTONES_MIN + MORE];
    int64_t *ids = pc_xzalloc((PC_RECORDS_TOMBSTONES_MIN + MORE) * sizeof *ids);
    int n;
    bool all;
    for (int i = 0; i < PC_RECORDS_TOMBSTONES_MIN + MORE; i++)
        docs[i] = BCON_NEW("_id", BCON_INT64(1000 + i), "seq", BCON_INT64(i + 1));
    mongoc_collection_t *c = mongoc_database_get_collection(d.db, "removed");
    assert_true(mongoc_collection_insert_many(c, (const bson_t **)docs,
                                              PC_RECORDS_TOMBSTONES_MIN + MORE, NULL, NULL, NULL));
    mongoc_collection_destroy(c);
    for (int i = 0; i < PC_RECORDS_TOMBSTONES_MIN + MORE; i++)
        bson_destroy(docs[i]);
    struct pc_records *rs = mongo_open_at(url); /* prunes */
    int room = PC_RECORDS_TOMBSTONES_MIN + MORE;
    assert_ok(pc_records_list_tombstones(rs, MORE - 1, ids, room, &n, &all, &err), &err);
    assert_false(all);
    assert_ok(pc_records_list_tombstones(rs, MORE, ids, room, &n, &all, &err), &err);
    assert_true(all && n == PC_RECORDS_TOMBSTONES_MIN && ids[0] == 1000 + MORE);
    free(ids);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

static void a_lost_counter_is_told_and_made_anew_at_start(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs = mongo_open_at(url);
    struct direct d = direct_open(url);
    struct pc_record r;
    int64_t id = mongo_insert_url(rs, "a"), seq = mongo_last_seq(rs), counts[PC_STATUS_COUNT];
    mongoc_collection_t *c = mongoc_database_get_collection(d.db, "store");
    assert_true(mongoc_collection_drop(c, NULL));
    mongoc_collection_destroy(c);
    assert_code(pc_records_begin(rs, id, &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_records_count(rs, NULL, counts, NULL, NULL, &err), PC_E_STORE_UNAVAILABLE);
    pc_records_close(rs);
    rs = mongo_open_at(url);
    assert_int_equal(mongo_last_seq(rs), seq);
    assert_true(mongo_insert_url(rs, "b") > id);
    direct_close(&d);
    pc_records_close(rs);
    mongo_store_remove(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_store_urls_are_refused_without_a_secret),
        cmocka_unit_test(time_limits_are_ours_unless_the_url_has_others),
        cmocka_unit_test(a_server_that_is_away_is_told),
        cmocka_unit_test(refused_credentials_are_told),
        cmocka_unit_test(a_server_with_users_wants_the_right_one),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_killed_server_is_told_and_found_again),
        cmocka_unit_test(a_frozen_server_is_a_time_out),
        cmocka_unit_test(a_change_of_a_dead_process_expires),
        cmocka_unit_test(a_server_without_atomic_changes_is_refused),
        cmocka_unit_test(a_tombstone_of_an_existing_record_is_ignored),
        cmocka_unit_test(old_tombstones_are_pruned),
        cmocka_unit_test(a_lost_counter_is_told_and_made_anew_at_start),
    };
    return cmocka_run_group_tests_name("records in MongoDB: faults", tests, NULL,
                                       mongo_store_teardown);
}
