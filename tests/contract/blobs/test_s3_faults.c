/* The S3 driver against a real server, which verifies signatures, when things go wrong: errors at
 * start, servers that go and come back, uploads whose program died, damage, a full disk. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "s3_server.h"

enum { WATCHDOG_MS = 120 * 1000 };

/* --- at start --- */

static void refused(const char *account, const char *bucket, const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *url = s3_stranger(account, bucket);
    assert_code(pc_blobs_open(&pc_blobs_s3, url, &bs, &err), PC_E_CONFIG);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not name %s", err.message, word);
    assert_null(strstr(err.message, s3_key_id()));
    assert_null(strstr(err.detail, "hush"));
    free(url);
}

static void errors_at_start_say_what_is_wrong(void **state)
{
    (void)state;
    char *wrong = pc_xasprintf("%s:hush@", s3_key_id());
    refused(wrong, NULL, "AWS_SECRET_ACCESS_KEY");
    refused("stranger:hush@", NULL, "AWS_ACCESS_KEY_ID");
    refused(NULL, "no-such-bucket", "no such S3 bucket");
    free(wrong);
}

static void a_server_that_is_away_is_unavailable(void **state)
{
    (void)state;
    struct test_server *server = s3_own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *url = s3_fresh("");
    test_server_kill(server);
    assert_code(pc_blobs_open(&pc_blobs_s3, url, &bs, &err), PC_E_STORE_UNAVAILABLE);
    test_server_restart(server);
    pc_blobs_close(s3_open(url));
    free(url);
}

/* --- later --- */

static bool none(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    (void)ctx, (void)key, (void)size, (void)modified_ms;
    return false;
}

static void all_is_unavailable(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    int n = 0;
    assert_code(pc_blobs_put(bs, "b", "new", 3, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(pc_code_info(err.code)->retryable, 1);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_remove(bs, "a", &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_walk(bs, "", none, NULL, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_sweep(bs, 0, &n, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_ping(bs, &err), PC_E_STORE_UNAVAILABLE);
}

static void a_server_that_went_may_come_back(void **state)
{
    (void)state;
    struct test_server *server = s3_own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = s3_open_fresh("");
    s3_put(bs, "a", "kept", 4);
    test_server_kill(server);
    all_is_unavailable(bs);
    test_server_restart(server);
    assert_ok(pc_blobs_ping(bs, &err), &err);
    s3_expect(bs, "a", "kept");
    s3_put(bs, "b", "new", 3);
    s3_expect(bs, "b", "new");
    pc_blobs_close(bs);
}

static void *put_hello(void *bs)
{
    struct pc_err err = PC_ERR_INIT;
    static const char failed[] = "failed";
    return pc_blobs_put(bs, "a", "hello", 5, &err) ? (void *)(uintptr_t)failed : NULL;
}

/* How long a restart takes is up to the machine; one of several is short enough. */
static void a_short_outage_is_waited_out(void **state)
{
    (void)state;
    enum { ROUNDS = 20 };
    struct test_server *server = s3_own_server();
    struct pc_blobs *bs = s3_open_fresh("");
    void *failed = bs;
    for (int i = 0; i < ROUNDS && failed; i++) {
        pthread_t thread;
        test_server_kill(server);
        assert_int_equal(pthread_create(&thread, NULL, put_hello, bs), 0);
        pc_clock_sleep_ms(100); /* so that it meets the outage */
        test_server_restart(server);
        pthread_join(thread, &failed);
    }
    assert_null(failed);
    s3_expect(bs, "a", "hello");
    pc_blobs_close(bs);
}

static void a_silent_server_is_given_up(void **state)
{
    (void)state;
    struct test_server *server = s3_own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = s3_open_fresh("&timeout=1");
    s3_put(bs, "a", "kept", 4);
    test_server_freeze(server);
    enum pc_code rc = pc_blobs_put(bs, "b", "new", 3, &err);
    test_server_thaw(server);
    assert_code(rc, PC_E_STORE_UNAVAILABLE);
    s3_expect(bs, "a", "kept");
    pc_blobs_close(bs);
}

/* --- uploads whose program died --- */

struct half {
    const char *url;
    int out;
};

/* Commits 48 MB again and again, and says when it begins. */
static int upload_until_killed(void *ctx)
{
    struct half *half = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *bytes = s3_noise(MIB);
    if (pc_blobs_open(&pc_blobs_s3, half->url, &bs, &err))
        return CHILD_FAILED;
    for (int n = 0;; n++) {
        struct pc_blob_writer *w;
        char key[32];
        snprintf(key, sizeof key, "half-%d", n);
        if (pc_blobs_begin(bs, &w, &err))
            return CHILD_FAILED;
        for (int i = 0; i < 48; i++)
            if (pc_blob_write(w, bytes, MIB, &err))
                return CHILD_FAILED;
        if (write(half->out, "x", 1) != 1 || pc_blob_commit(w, key, &err))
            return CHILD_FAILED;
    }
}

/* The server may still be busy with the last request of the killed program. */
static void sweep_until_nothing_is_left(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until_ms = pc_clock_mono_ms() + WATCHDOG_MS;
    int dropped = 1;
    while (dropped > 0 && pc_clock_mono_ms() < until_ms) {
        assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() + 60000, &dropped, &err), &err);
        pc_clock_sleep_ms(dropped > 0 ? 100 : 0);
    }
    assert_int_equal(dropped, 0);
}

static void an_upload_whose_program_died_is_swept(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char *url = s3_fresh(""), x;
    struct pc_blobs *bs = s3_open(url);
    int ends[2], dropped = 0, all = 0;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(pipe(ends), 0);
        struct half half = {url, ends[1]};
        pid_t pid = contract_fork(upload_until_killed, &half);
        close(ends[1]);
        assert_int_equal(read(ends[0], &x, 1), 1);
        pc_clock_sleep_ms(20 + 30 * round);
        contract_kill(pid);
        close(ends[0]);
        assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() - 60000, &dropped, &err), &err);
        assert_int_equal(dropped, 0); /* its program may still be running */
        assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() + 60000, &dropped, &err), &err);
        all += dropped;
        sweep_until_nothing_is_left(bs);
    }
    assert_true(all > 0);
    pc_blobs_close(bs);
    free(url);
}

/* --- damage --- */

static void flip_a_byte(const struct test_server *server, const char *key)
{
    char *path = pc_xasprintf("%s/data/shots/damaged/%s", test_server_dir(server), key), x = 0;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && pread(fd, &x, 1, 100) == 1);
    x ^= 1;
    assert_int_equal(pwrite(fd, &x, 1, 100), 1);
    close(fd);
    free(path);
}

static void damage_in_the_store_is_noticed(void **state)
{
    (void)state;
    struct test_server *server = s3_own_server();
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    char *url = s3_below("damaged", ""), *bytes = s3_noise(2 * MIB);
    struct pc_blobs *bs = s3_open(url);
    s3_put(bs, "small", bytes, 1000);
    s3_put(bs, "large", bytes, 2 * MIB);
    flip_a_byte(server, "small");
    flip_a_byte(server, "large");
    assert_code(pc_blobs_get(bs, "small", 2 * MIB, &buf, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_get(bs, "large", 2 * MIB, &buf, &err), PC_E_STORE_UNAVAILABLE);
    pc_buf_finish(&buf);
    free(bytes);
    free(url);
    pc_blobs_close(bs);
}

/* --- the disk of temporary files --- */

static int fill_the_spool(void *ctx)
{
    const char *dir = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_writer *w;
    char *bytes = s3_noise(MIB), *more = pc_xasprintf("&spool=%s", dir), *url = s3_fresh(more);
    enum pc_code rc = PC_OK;
    if (!contract_small_disk(dir, 4 * MIB))
        return CHILD_SKIPPED;
    if (pc_blobs_open(&pc_blobs_s3, url, &bs, &err) || pc_blobs_begin(bs, &w, &err))
        return CHILD_FAILED;
    for (int i = 0; i < 8 && !rc; i++)
        rc = pc_blob_write(w, bytes, MIB, &err);
    bool right = rc == PC_E_STORE_FULL;
    pc_blob_abort(w);
    right = right && pc_blobs_put(bs, "a", bytes, MIB, &err) == PC_OK;
    return right ? CHILD_OK : CHILD_FAILED;
}

static void a_full_spool_is_store_full_until_there_is_room(void **state)
{
    (void)state;
    char *dir = test_mkdir();
    pid_t pid = contract_fork(fill_the_spool, dir);
    int code = contract_wait(pid);
    test_rmdir(dir);
    if (code == CHILD_SKIPPED)
        skip_because("may not mount a small disk");
    assert_int_equal(code, CHILD_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_at_start_say_what_is_wrong),
        cmocka_unit_test(a_server_that_is_away_is_unavailable),
        cmocka_unit_test(a_server_that_went_may_come_back),
        cmocka_unit_test(a_short_outage_is_waited_out),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(an_upload_whose_program_died_is_swept),
        cmocka_unit_test(damage_in_the_store_is_noticed),
        cmocka_unit_test(a_full_spool_is_store_full_until_there_is_room),
    };
    if (!s3_there()) {
        print_message("1..0 # SKIP %s\n", S3_ABSENT);
        return 0;
    }
    return cmocka_run_group_tests_name("blobs-s3-faults", tests, NULL, s3_leave);
}
