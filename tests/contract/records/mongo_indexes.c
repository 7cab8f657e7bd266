/* The unique index on url of the MongoDB driver: documents of other programs without a url are no
 * hindrance, and the index of earlier versions is replaced. */
#include <stdatomic.h>
#include <stdio.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "mongo_store.h"
#include "records/drivers.h"

enum { STARTERS = 6 };

/* --- indexes, as another program sees and makes them --- */

/* Takes command. Returns the code of the server's error, 0 when it is done. */
static uint32_t command(struct direct *d, bson_t *command)
{
    bson_error_t e = {0};
    bool ok = mongoc_database_command_simple(d->db, command, NULL, NULL, &e);
    bson_destroy(command);
    return ok ? 0 : e.code;
}

/* Takes index. */
static void make_index(struct direct *d, bson_t *index)
{
    assert_int_equal(command(d, BCON_NEW("createIndexes", BCON_UTF8("images"), "indexes", "[",
                                         BCON_DOCUMENT(index), "]")),
                     0);
    bson_destroy(index);
}

/* What earlier versions made, or an administrator by another name. Gives. */
static bson_t *full_index(const char *name)
{
    return BCON_NEW("key", "{", "url", BCON_INT32(1), "}", "name", BCON_UTF8(name), "unique",
                    BCON_BOOL(true));
}

/* Gives. */
static bson_t *partial_index(const char *name)
{
    return BCON_NEW("key", "{", "url", BCON_INT32(1), "}", "name", BCON_UTF8(name), "unique",
                    BCON_BOOL(true), "partialFilterExpression", "{", "url", "{", "$gt",
                    BCON_UTF8(""), "}", "}");
}

/* The names of the unique indexes on images, each followed by a space, a partial one by "+ ". */
static void expect_unique(struct direct *d, const char *names)
{
    char found[128] = "";
    const bson_t *doc;
    bson_iter_t it;
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, "images");
    mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(c, NULL);
    while (mongoc_cursor_next(cursor, &doc)) {
        size_t len = strlen(found);
        if (bson_has_field(doc, "unique") && bson_iter_init_find(&it, doc, "name"))
            snprintf(found + len, sizeof found - len, "%s%s ", bson_iter_utf8(&it, NULL),
                     bson_has_field(doc, "partialFilterExpression") ? "+" : "");
    }
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    assert_string_equal(found, names);
}

/* Also while it is being made. */
static bool has_index(struct direct *d, const char *name)
{
    bool found = false;
    const bson_t *doc;
    bson_iter_t it;
    mongoc_collection_t *c = mongoc_database_get_collection(d->db, "images");
    mongoc_cursor_t *cursor = mongoc_collection_find_indexes_with_opts(c, NULL);
    while (mongoc_cursor_next(cursor, &doc))
        found = found || (bson_iter_init_find(&it, doc, "name") &&
                          pc_str_eq(bson_iter_utf8(&it, NULL), name));
    mongoc_cursor_destroy(cursor);
    mongoc_collection_destroy(c);
    return found;
}

static void insert_without_url(struct direct *d)
{
    direct_insert(d, "images", BCON_NEW("note", BCON_UTF8("of another program")));
}

static void expect_known(struct pc_records *rs, const char *url, bool known)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record r;
    bool created;
    assert_ok(pc_records_insert(rs, &(struct pc_record_new){.url = url}, &r, &created, &err), &err);
    assert_int_equal(created, !known);
    pc_record_finish(&r);
}

/* --- documents without url --- */

static void documents_without_url_do_not_stop_the_start(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct direct d = direct_open(url);
    insert_without_url(&d);
    insert_without_url(&d);
    for (int i = 0; i < 2; i++) {
        direct_insert(&d, "images", BCON_NEW("url", BCON_NULL));
        direct_insert(&d, "images", BCON_NEW("url", BCON_UTF8("")));
        direct_insert(&d, "images", BCON_NEW("url", BCON_INT32(7)));
        direct_insert(&d, "images", BCON_NEW("url", "{", "href", BCON_UTF8("a"), "}"));
    }
    direct_insert(&d, "images", BCON_NEW("_id", BCON_UTF8("text"), "seq", BCON_INT32(3)));
    struct pc_records *rs = mongo_open_at(url);
    expect_unique(&d, "uniqueUrl+ ");
    expect_known(rs, "a", false);
    expect_known(rs, "a", true);
    insert_without_url(&d);
    pc_records_close(rs);
    pc_records_close(mongo_open_at(url)); /* again, with all indexes there */
    direct_close(&d);
    mongo_store_remove(url);
}

static int list_some(struct pc_records *rs, const struct pc_record_query *q, int64_t *total,
                     int *without_url)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_record_list list;
    assert_ok(pc_records_list(rs, q, &list, &err), &err);
    int n = list.n;
    *total = list.total;
    *without_url = 0;
    for (int i = 0; i < n; i++)
        *without_url += !*list.items[i].url;
    pc_record_list_finish(&list);
    return n;
}

/* A number as _id makes it an image: it is shown with an empty url. Any other _id is passed over. */
static void documents_without_url_hinder_no_list(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(url);
    insert_without_url(&d);
    direct_insert(
        &d, "images",
        BCON_NEW("status", BCON_UTF8("processed"), "url", BCON_NULL, "seq", BCON_INT32(5)));
    direct_insert(
        &d, "images",
        BCON_NEW("_id", BCON_INT32(4), "status", BCON_UTF8("processed"), "seq", BCON_INT64(1)));
    direct_insert(&d, "images", BCON_NEW("_id", BCON_INT64(5), "url", BCON_NULL));
    direct_insert(&d, "images", BCON_NEW("url", BCON_UTF8("")));
    struct pc_records *rs = mongo_open_at(url);
    expect_known(rs, "a", false);
    struct pc_record_query q = PC_RECORD_QUERY_INIT;
    int64_t total, counts[PC_STATUS_COUNT], attention;
    int without_url, imported;
    q.want_total = true;
    for (int sort = 0; sort < 4; sort++) {
        q.sort = (enum pc_record_sort)sort;
        assert_int_equal(list_some(rs, &q, &total, &without_url), 3);
        assert_true(total == 3 && without_url == 2);
    }
    q.since_seq = 1;
    assert_int_equal(list_some(rs, &q, &total, &without_url), 1);
    q.since_seq = 0;
    q.search = "a";
    assert_int_equal(list_some(rs, &q, &total, &without_url), 1);
    assert_ok(pc_records_count(rs, NULL, counts, &attention, NULL, &err), &err);
    assert_true(counts[PC_PROCESSED] == 1 && counts[PC_PENDING] == 1);
    struct pc_record r;
    assert_ok(pc_records_get(rs, 5, &r, &err), &err);
    assert_string_equal(r.url, "");
    pc_record_finish(&r);
    assert_ok(pc_records_remove(rs, 5, &r, &err), &err);
    pc_record_finish(&r);
    assert_ok(pc_mongo_import_legacy(rs, 10, &imported, &err), &err);
    assert_int_equal(imported, 0);
    pc_records_close(rs);
    direct_close(&d);
    mongo_store_remove(url);
}

static void a_url_that_is_there_twice_is_named(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct pc_err err = PC_ERR_INIT;
    struct direct d = direct_open(url);
    struct pc_records *rs;
    insert_without_url(&d);
    for (int i = 0; i < 2; i++)
        direct_insert(&d, "images", BCON_NEW("url", BCON_UTF8("http://a.example/twice.jpg")));
    assert_code(pc_records_open(&pc_records_mongo, url, &rs, &err), PC_E_CONFIG);
    assert_non_null(strstr(err.message, "http://a.example/twice.jpg"));
    direct_close(&d);
    mongo_store_remove(url);
}

/* --- the index of earlier versions, and of others --- */

static void the_index_of_an_earlier_version_is_replaced(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct direct d = direct_open(url);
    make_index(&d, full_index("url"));
    direct_insert(&d, "images", BCON_NEW("_id", BCON_INT64(1), "url", BCON_UTF8("a")));
    struct pc_records *rs = mongo_open_at(url);
    expect_unique(&d, "uniqueUrl+ ");
    expect_known(rs, "a", true);
    insert_without_url(&d);
    insert_without_url(&d);
    pc_records_close(rs);
    direct_close(&d);
    mongo_store_remove(url);
}

/* As a server before 5.0 refuses the new one beside the old one, this one refuses an equal one. */
static void an_index_in_the_way_of_the_new_one_is_dropped_first(void **state)
{
    (void)state;
    char *url = mongo_store_fresh();
    struct direct d = direct_open(url);
    make_index(&d, partial_index("url"));
    pc_records_close(mongo_open_at(url));
    expect_unique(&d, "uniqueUrl+ ");
    direct_close(&d);
    mongo_store_remove(url);
}

static void unique_indexes_that_others_made_stay(void **state)
{
    static const bool equal[] = {false, true};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *url = mongo_store_fresh();
        struct direct d = direct_open(url);
        make_index(&d, equal[i] ? partial_index("url_1") : full_index("url_1"));
        struct pc_records *rs = mongo_open_at(url);
        expect_unique(&d, equal[i] ? "url_1+ " : "url_1 uniqueUrl+ ");
        expect_known(rs, "a", false);
        expect_known(rs, "a", true);
        pc_records_close(rs);
        direct_close(&d);
        mongo_store_remove(url);
    }
}

struct starters {
    const char *url;
    enum pc_code rc[STARTERS];
    char why[STARTERS][256];
};

static void start_one(void *ctx, int i)
{
    struct starters *s = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    s->rc[i] = pc_records_open(&pc_records_mongo, s->url, &rs, &err);
    pc_str_copy(s->why[i], sizeof s->why[i], err.detail);
    if (!s->rc[i])
        pc_records_close(rs);
}

static void several_may_start_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        char *url = mongo_store_fresh();
        struct direct d = direct_open(url);
        struct starters s = {.url = url};
        if (round % 3)
            make_index(&d, round % 3 == 1 ? full_index("url") : partial_index("url"));
        direct_insert(&d, "images", BCON_NEW("_id", BCON_INT64(1), "url", BCON_UTF8("a")));
        contract_threads(STARTERS, start_one, &s);
        for (int i = 0; i < STARTERS; i++)
            if (s.rc[i])
                fail_msg("round %d: %s", round, s.why[i]);
        expect_unique(&d, "uniqueUrl+ ");
        direct_close(&d);
        mongo_store_remove(url);
    }
}

/* --- indexes that take long --- */

enum { PAST_LIMIT_MS = 8000 }; /* more than a driver waits for the answer to other commands */

/* A mongod that stops in the middle of making an index, until it is told to go on. */
struct slow_builds {
    struct test_server *server;
    char *url;
    struct starters starters;
    atomic_int started; /* how many drivers were opened, or failed to */
    bool wait_ended;    /* one was before its indexes were ready */
};

static uint32_t set_failpoint(const struct slow_builds *t, const char *mode)
{
    struct direct d = direct_open(t->url);
    bson_error_t e = {0};
    bson_t *set = BCON_NEW("configureFailPoint", BCON_UTF8("hangAfterStartingIndexBuild"), "mode",
                           BCON_UTF8(mode));
    mongoc_client_command_simple(d.client, "admin", set, NULL, NULL, &e);
    bson_destroy(set);
    direct_close(&d);
    return e.code;
}

static void start_slow_builds(struct slow_builds *t)
{
    static const char *const with_failpoints[] = {"--setParameter=enableTestCommands=1",
                                                  "--setParameter=notablescan=true", NULL};
    const char *why = NULL;
    *t = (struct slow_builds){.server = test_server_start_with(TEST_MONGOD, with_failpoints, &why)};
    if (!t->server)
        skip_because(why);
    t->url = pc_xasprintf("mongodb://127.0.0.1:%d/db", test_server_port(t->server));
    t->starters.url = t->url;
    struct direct d = direct_open(t->url);
    direct_insert(&d, "images", BCON_NEW("_id", BCON_INT64(1), "url", BCON_UTF8("a")));
    direct_close(&d);
    assert_int_equal(set_failpoint(t, "alwaysOn"), 0);
}

static void end_slow_builds(struct slow_builds *t)
{
    test_server_stop(t->server);
    free(t->url);
}

/* Waits until the server makes uniqueUrl. */
static void wait_for_build(struct direct *d)
{
    while (!has_index(d, "uniqueUrl"))
        pc_clock_sleep_ms(20);
}

/* 0 makes the indexes, 1 starts in the middle of that, 2 lets the server go on after a while. */
static void start_during_build(void *ctx, int i)
{
    struct slow_builds *t = ctx;
    if (i > 0) {
        struct direct d = direct_open(t->url);
        wait_for_build(&d);
        direct_close(&d);
    }
    if (i < 2) {
        start_one(&t->starters, i);
        atomic_fetch_add(&t->started, 1);
        return;
    }
    pc_clock_sleep_ms(PAST_LIMIT_MS);
    t->wait_ended = atomic_load(&t->started) > 0;
    set_failpoint(t, "off");
}

static void an_index_that_takes_long_is_waited_for(void **state)
{
    struct slow_builds t;
    (void)state;
    start_slow_builds(&t);
    contract_threads(3, start_during_build, &t);
    for (int i = 0; i < 2; i++)
        if (t.starters.rc[i])
            fail_msg("%d: %s", i, t.starters.why[i]);
    assert_false(t.wait_ended);
    end_slow_builds(&t);
}

/* 0 makes the indexes, 1 drops one in the middle of that. */
static void drop_during_build(void *ctx, int i)
{
    struct slow_builds *t = ctx;
    if (i == 0) {
        start_one(&t->starters, i);
        return;
    }
    struct direct d = direct_open(t->url);
    wait_for_build(&d);
    command(&d, BCON_NEW("dropIndexes", BCON_UTF8("images"), "index", BCON_UTF8("uniqueUrl")));
    direct_close(&d);
    set_failpoint(t, "off");
}

static void an_index_that_is_dropped_while_it_is_made_is_made_again(void **state)
{
    struct slow_builds t;
    (void)state;
    start_slow_builds(&t);
    contract_threads(2, drop_during_build, &t);
    if (t.starters.rc[0])
        fail_msg("%s", t.starters.why[0]);
    struct direct d = direct_open(t.url);
    expect_unique(&d, "uniqueUrl+ ");
    direct_close(&d);
    end_slow_builds(&t);
}

/* --- users without the right --- */

static const char *const changing[] = {"find",   "insert",      "update",
                                       "remove", "listIndexes", "createCollection"};

/* A user who may do all but change indexes. */
static void add_user(struct direct *admin)
{
    bson_t *role = BCON_NEW("createRole", BCON_UTF8("plain")), privileges, one, actions;
    BSON_APPEND_ARRAY_BEGIN(role, "privileges", &privileges);
    BSON_APPEND_DOCUMENT_BEGIN(&privileges, "0", &one);
    BCON_APPEND(&one, "resource", "{", "db", BCON_UTF8("db"), "collection", BCON_UTF8(""), "}");
    BSON_APPEND_ARRAY_BEGIN(&one, "actions", &actions);
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++) {
        char at[4];
        snprintf(at, sizeof at, "%zu", i);
        BSON_APPEND_UTF8(&actions, at, changing[i]);
    }
    bson_append_array_end(&one, &actions);
    bson_append_document_end(&privileges, &one);
    bson_append_array_end(role, &privileges);
    BCON_APPEND(role, "roles", "[", "]");
    assert_int_equal(command(admin, role), 0);
    assert_int_equal(
        command(admin, BCON_NEW("createUser", BCON_UTF8("plain"), "pwd", BCON_UTF8("sesame"),
                                "roles", "[", BCON_UTF8("plain"), "]")),
        0);
}

/* Each start that makes or replaces nothing works. */
static void a_user_who_may_not_change_indexes(void **state)
{
    static const char *const with_users[] = {"--auth", NULL};
    const char *why = NULL;
    struct pc_err err = PC_ERR_INIT;
    struct pc_records *rs;
    (void)state;
    struct test_server *server = test_server_start_with(TEST_MONGOD, with_users, &why);
    if (!server)
        skip_because(why);
    char *open = pc_xasprintf("mongodb://127.0.0.1:%d/admin", test_server_port(server));
    char *root = pc_xasprintf("mongodb://root:sesame@127.0.0.1:%d/db?authSource=admin",
                              test_server_port(server));
    char *plain = pc_xasprintf("mongodb://plain:sesame@127.0.0.1:%d/db?authSource=admin",
                               test_server_port(server));
    struct direct d = direct_open(open);
    assert_int_equal(
        command(&d, BCON_NEW("createUser", BCON_UTF8("root"), "pwd", BCON_UTF8("sesame"), "roles",
                             "[", BCON_UTF8("root"), "]")),
        0);
    direct_close(&d);
    char *admin =
        pc_xasprintf("mongodb://root:sesame@127.0.0.1:%d/admin", test_server_port(server));
    d = direct_open(admin);
    add_user(&d);
    direct_close(&d);
    assert_code(pc_records_open(&pc_records_mongo, plain, &rs, &err), PC_E_STORE_UNAVAILABLE);
    assert_non_null(strstr(err.message, "indexes"));
    pc_records_close(mongo_open_at(root)); /* makes all */
    pc_records_close(mongo_open_at(plain));
    d = direct_open(root); /* as an earlier version left it */
    make_index(&d, full_index("url"));
    pc_records_close(mongo_open_at(plain));
    assert_int_equal(
        command(&d, BCON_NEW("dropIndexes", BCON_UTF8("images"), "index", BCON_UTF8("uniqueUrl"))),
        0);
    rs = mongo_open_at(plain);
    expect_known(rs, "a", false);
    pc_records_close(rs);
    expect_unique(&d, "url ");
    direct_close(&d);
    free(open);
    free(admin);
    free(root);
    free(plain);
    test_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_without_url_do_not_stop_the_start),
        cmocka_unit_test(documents_without_url_hinder_no_list),
        cmocka_unit_test(a_url_that_is_there_twice_is_named),
        cmocka_unit_test(the_index_of_an_earlier_version_is_replaced),
        cmocka_unit_test(an_index_in_the_way_of_the_new_one_is_dropped_first),
        cmocka_unit_test(unique_indexes_that_others_made_stay),
        cmocka_unit_test(several_may_start_at_once),
        cmocka_unit_test(an_index_that_takes_long_is_waited_for),
        cmocka_unit_test(an_index_that_is_dropped_while_it_is_made_is_made_again),
        cmocka_unit_test(a_user_who_may_not_change_indexes),
    };
    return cmocka_run_group_tests_name("records in MongoDB: indexes", tests, NULL,
                                       mongo_store_teardown);
}
