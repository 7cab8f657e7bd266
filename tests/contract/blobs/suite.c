/* The contract of blobs/driver.h, run against every driver. */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"

#ifdef WITH_SERVERS
#include "s3_server.h"

static char *s3_store(const char *dir)
{
    (void)dir;
    return s3_fresh("");
}

static const struct contract_driver drivers[] = {
    {.name = "s3",
     .driver = &pc_blobs_s3,
     .url = s3_store,
     .absent = S3_ABSENT,
     .can = CAN_PERSIST | CAN_SHARE,
     .cleanup = s3_clear},
};
#else
static char *memory_address(const char *dir)
{
    (void)dir;
    return pc_xstrdup("memory:");
}

static char *file_address(const char *dir)
{
    return pc_xasprintf("file:%s/blobs", dir);
}

static const struct contract_driver drivers[] = {
    {.name = "memory", .driver = &pc_blobs_memory, .url = memory_address},
    {.name = "file", .driver = &pc_blobs_file, .url = file_address, .can = CAN_PERSIST | CAN_SHARE},
};
#endif

static struct pc_blobs *open_store(void **state)
{
    struct contract *c = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_ok(pc_blobs_open(c->d->driver, c->url, &bs, &err), &err);
    return bs;
}

static void put(struct pc_blobs *bs, const char *key, const char *text)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_put(bs, key, text, strlen(text), &err), &err);
}

static void expect(struct pc_blobs *bs, const char *key, const char *text)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    assert_ok(pc_blobs_get(bs, key, 1 << 20, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), text);
    assert_int_equal(buf.len, strlen(text));
    pc_buf_finish(&buf);
}

static void expect_absent(struct pc_blobs *bs, const char *key)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    assert_code(pc_blobs_read(bs, key, &r, &err), PC_E_NOT_FOUND);
    assert_null(r);
}

static void what_is_put_is_got(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    put(bs, "originals/a.jpg", "hello");
    put(bs, "a.jpg", "other");
    put(bs, "empty", "");
    expect(bs, "originals/a.jpg", "hello");
    expect(bs, "a.jpg", "other");
    expect(bs, "empty", "");
    pc_buf_puts(&buf, "before ");
    assert_ok(pc_blobs_get(bs, "a.jpg", 5, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), "before other");
    assert_code(pc_blobs_get(bs, "a.jpg", 4, &buf, &err), PC_E_FILE_TOO_LARGE);
    pc_buf_finish(&buf);
    expect_absent(bs, "originals");
    expect_absent(bs, "originals/b.jpg");
    assert_ok(pc_blobs_ping(bs, &err), &err);
    pc_blobs_close(bs);
}

static void keys_that_could_reach_elsewhere_are_refused(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    struct pc_blob_writer *w;
    char longest[PC_BLOB_KEY_MAX + 2];
    memset(longest, 'k', sizeof longest - 1);
    longest[PC_BLOB_KEY_MAX + 1] = 0;
    const char *bad[] = {NULL,   "",         "/",      "/etc/passwd", "a/",  "a//b", ".",
                         "..",   "../x",     "a/../b", "a/..",        "./a", "a\\b", "a b",
                         "a%2e", "\xc3\xa4", "a\n",    "a,b",         "C:x", longest};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(pc_blob_key_valid(bad[i]));
        assert_code(pc_blobs_put(bs, bad[i], "x", 1, &err), PC_E_BAD_REQUEST);
        assert_code(pc_blobs_read(bs, bad[i], &r, &err), PC_E_BAD_REQUEST);
        assert_code(pc_blobs_remove(bs, bad[i], &err), PC_E_BAD_REQUEST);
        assert_ok(pc_blobs_begin(bs, &w, &err), &err);
        assert_code(pc_blob_commit(w, bad[i], &err), PC_E_BAD_REQUEST);
    }
    longest[PC_BLOB_KEY_MAX] = 0;
    const char *good[] = {longest, "...", ".hidden", "-rf", "a.b-c_D/9/x.tar.gz",
                          "a/...", "ab",  "tmp"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        put(bs, good[i], good[i]);
        expect(bs, good[i], good[i]);
    }
    pc_blobs_close(bs);
}

static void wrong_urls_are_refused(void **state)
{
    struct contract *c = *state;
    const struct pc_blobs_driver *driver = c->d->driver;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_code(pc_blobs_open(driver, "gopher:x", &bs, &err), PC_E_CONFIG);
    assert_code(pc_blobs_open(driver, NULL, &bs, &err), PC_E_CONFIG);
    assert_null(bs);
    assert_true(pc_blobs_driver_accepts(driver, c->url));
    pc_blobs_close(NULL);
}

static void writers_stream_and_nothing_shows_before_commit(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_writer *w, *other;
    char chunk[1000];
    assert_ok(pc_blobs_begin(bs, &w, &err), &err);
    assert_ok(pc_blobs_begin(bs, &other, &err), &err);
    for (int i = 0; i < 1000; i++) {
        memset(chunk, 'a' + i % 26, sizeof chunk);
        assert_ok(pc_blob_write(w, chunk, sizeof chunk, &err), &err);
        assert_ok(pc_blob_write(other, "", 0, &err), &err);
    }
    expect_absent(bs, "big.bin");
    assert_ok(pc_blob_commit(w, "big.bin", &err), &err);
    pc_blob_abort(other);
    pc_blob_abort(NULL);
    struct pc_blob_reader *r;
    assert_ok(pc_blobs_read(bs, "big.bin", &r, &err), &err);
    assert_int_equal(pc_blob_size(r), 1000000);
    size_t got;
    assert_ok(pc_blob_read_at(r, 26999, chunk, 2, &got, &err), &err);
    assert_true(got >= 1 && chunk[0] == 'a');
    assert_ok(pc_blob_read_at(r, 999999, chunk, 1000, &got, &err), &err);
    assert_int_equal(got, 1);
    const int64_t beyond[] = {1000000, 1000001, INT64_MAX, -1};
    for (int i = 0; i < 4; i++) {
        assert_ok(pc_blob_read_at(r, beyond[i], chunk, 10, &got, &err), &err);
        assert_int_equal(got, 0);
    }
    pc_blob_close(r);
    pc_blob_close(NULL);
    pc_blobs_close(bs);
}

static void a_descriptor_is_of_the_whole_blob(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    char text[16] = "";
    put(bs, "a", "hello");
    assert_ok(pc_blobs_read(bs, "a", &r, &err), &err);
    if (pc_blob_fd(r) >= 0) {
        assert_int_equal(pread(pc_blob_fd(r), text, sizeof text, 0), 5);
        assert_string_equal(text, "hello");
    }
    pc_blob_close(r);
    pc_blobs_close(bs);
}

static void a_key_may_be_written_again(void **state)
{
    struct pc_blobs *bs = open_store(state);
    put(bs, "a/b", "same");
    put(bs, "a/b", "same");
    expect(bs, "a/b", "same");
    pc_blobs_close(bs);
}

static void removing_is_repeatable_and_spares_open_readers(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    char text[8] = "";
    size_t got;
    put(bs, "a/b", "hello");
    assert_ok(pc_blobs_read(bs, "a/b", &r, &err), &err);
    assert_ok(pc_blobs_remove(bs, "a/b", &err), &err);
    assert_ok(pc_blobs_remove(bs, "a/b", &err), &err);
    assert_ok(pc_blobs_remove(bs, "never/there", &err), &err);
    expect_absent(bs, "a/b");
    assert_ok(pc_blob_read_at(r, 0, text, 5, &got, &err), &err);
    assert_int_equal(got, 5);
    assert_string_equal(text, "hello");
    pc_blob_close(r);
    pc_blobs_close(bs);
}

struct seen {
    struct pc_blobs *bs;
    int n, stop_at;
    int64_t bytes, newest_ms;
    char keys[64][PC_BLOB_KEY_MAX + 1];
};

static bool see(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct seen *seen = ctx;
    (void)pc_str_copy(seen->keys[seen->n++], sizeof seen->keys[0], key);
    seen->bytes += size;
    seen->newest_ms = modified_ms > seen->newest_ms ? modified_ms : seen->newest_ms;
    return seen->n != seen->stop_at;
}

static bool see_and_remove(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct seen *seen = ctx;
    struct pc_err err = PC_ERR_INIT;
    return see(ctx, key, size, modified_ms) && pc_blobs_remove(seen->bs, key, &err) == PC_OK;
}

static bool saw(const struct seen *seen, const char *key)
{
    for (int i = 0; i < seen->n; i++)
        if (pc_str_eq(seen->keys[i], key))
            return true;
    return false;
}

static void walk_visits_by_prefix(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct seen all = {.bs = bs}, some = {.bs = bs}, one = {.stop_at = 1}, none = {.n = 0};
    int64_t now_ms = pc_clock_wall_ms();
    for (int i = 0; i < 20; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s/%d.jpg", i % 2 ? "shots/1" : "originals", i);
        put(bs, key, "12345");
    }
    assert_ok(pc_blobs_walk(bs, "", see, &all, &err), &err);
    assert_int_equal(all.n, 20);
    assert_int_equal(all.bytes, 100);
    assert_true(saw(&all, "shots/1/7.jpg") && saw(&all, "originals/18.jpg"));
    assert_in_range(all.newest_ms, now_ms - 2000, now_ms + 2000);
    assert_ok(pc_blobs_walk(bs, "originals", see, &one, &err), &err);
    assert_int_equal(one.n, 1);
    assert_ok(pc_blobs_walk(bs, "shots/1/", see_and_remove, &some, &err), &err);
    assert_int_equal(some.n, 10);
    assert_ok(pc_blobs_walk(bs, "shots/", see, &none, &err), &err);
    assert_int_equal(none.n, 0);
    expect(bs, "originals/0.jpg", "12345");
    pc_blobs_close(bs);
}

static void sweep_drops_old_leftovers_only(void **state)
{
    struct pc_blobs *bs = open_store(state);
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_writer *w;
    int dropped = -1;
    put(bs, "a", "kept");
    assert_ok(pc_blobs_begin(bs, &w, &err), &err);
    assert_ok(pc_blob_write(w, "half", 4, &err), &err);
    assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() - 60000, &dropped, &err), &err);
    assert_int_equal(dropped, 0);
    assert_ok(pc_blob_commit(w, "b", &err), &err);
    expect(bs, "a", "kept");
    expect(bs, "b", "half");
    pc_blobs_close(bs);
}

enum { THREADS = 8, SAME_BYTES = 100000 };
struct crowd {
    struct pc_blobs *bs;
    char same[SAME_BYTES];
    atomic_int failures;
};

static void write_and_read_same(void *ctx, int i)
{
    struct crowd *crowd = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int round = 0; round < 5; round++) {
        struct pc_buf buf = PC_BUF_INIT;
        char own[32];
        snprintf(own, sizeof own, "own/%d-%d", i, round);
        if (pc_blobs_put(crowd->bs, "same.bin", crowd->same, SAME_BYTES, &err) ||
            pc_blobs_put(crowd->bs, own, own, strlen(own), &err) ||
            pc_blobs_get(crowd->bs, "same.bin", SAME_BYTES, &buf, &err) || buf.len != SAME_BYTES ||
            memcmp(buf.data, crowd->same, SAME_BYTES) != 0)
            crowd->failures++;
        pc_buf_finish(&buf);
    }
}

static void threads_write_the_same_key_and_their_own(void **state)
{
    struct crowd *crowd = pc_xzalloc(sizeof *crowd);
    crowd->bs = open_store(state);
    for (int i = 0; i < SAME_BYTES; i++)
        crowd->same[i] = (char)(i * 31);
    contract_threads(THREADS, write_and_read_same, crowd);
    assert_int_equal(crowd->failures, 0);
    expect(crowd->bs, "own/7-4", "own/7-4");
    pc_blobs_close(crowd->bs);
    free(crowd);
}

static void reopening_finds_everything(void **state)
{
    struct pc_blobs *bs = open_store(state);
    put(bs, "a/b.jpg", "hello");
    pc_blobs_close(bs);
    bs = open_store(state);
    expect(bs, "a/b.jpg", "hello");
    pc_blobs_close(bs);
}

static void two_openings_are_one_store(void **state)
{
    struct pc_blobs *a = open_store(state), *b = open_store(state);
    put(a, "a/b.jpg", "hello");
    expect(b, "a/b.jpg", "hello");
    pc_blobs_close(a);
    pc_blobs_close(b);
}

struct child {
    const struct contract *c;
    int out;
};

/* Writes blobs of 400 KB in small pieces for ever, telling after the first commit. */
static int write_until_killed(void *ctx)
{
    struct child *child = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char chunk[4000];
    memset(chunk, 'x', sizeof chunk);
    if (pc_blobs_open(child->c->d->driver, child->c->url, &bs, &err))
        return CHILD_FAILED;
    for (int n = 0;; n++) {
        struct pc_blob_writer *w;
        char key[32];
        snprintf(key, sizeof key, "k/%d", n);
        if (pc_blobs_begin(bs, &w, &err))
            return CHILD_FAILED;
        for (int i = 0; i < 100; i++)
            if (pc_blob_write(w, chunk, sizeof chunk, &err))
                return CHILD_FAILED;
        if (pc_blob_commit(w, key, &err) || (n == 3 && write(child->out, "x", 1) != 1))
            return CHILD_FAILED;
    }
}

static bool only_whole(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    int *whole = ctx;
    (void)key, (void)modified_ms;
    *whole = size == 400000 && *whole >= 0 ? *whole + 1 : -1;
    return true;
}

static void kill_9_leaves_only_whole_blobs(void **state)
{
    struct pc_err err = PC_ERR_INIT;
    for (int round = 0; round < 5; round++) {
        int ends[2], whole = 0, dropped;
        char x;
        assert_int_equal(pipe(ends), 0);
        struct child child = {.c = *state, .out = ends[1]};
        pid_t pid = contract_fork(write_until_killed, &child);
        close(ends[1]);
        assert_int_equal(read(ends[0], &x, 1), 1);
        close(ends[0]);
        pc_clock_sleep_ms(round * 2);
        contract_kill(pid);
        struct pc_blobs *bs = open_store(state);
        assert_ok(pc_blobs_walk(bs, "", only_whole, &whole, &err), &err);
        assert_true(whole >= 4);
        assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() + 60000, &dropped, &err), &err);
        assert_in_range(dropped, 0, 1);
        whole = 0;
        assert_ok(pc_blobs_walk(bs, "", only_whole, &whole, &err), &err);
        assert_true(whole >= 4);
        pc_blobs_close(bs);
    }
}

static const struct contract_case cases[] = {
    CASE(what_is_put_is_got),
    CASE(keys_that_could_reach_elsewhere_are_refused),
    CASE(wrong_urls_are_refused),
    CASE(writers_stream_and_nothing_shows_before_commit),
    CASE(a_descriptor_is_of_the_whole_blob),
    CASE(a_key_may_be_written_again),
    CASE(removing_is_repeatable_and_spares_open_readers),
    CASE(walk_visits_by_prefix),
    CASE(sweep_drops_old_leftovers_only),
    CASE(threads_write_the_same_key_and_their_own),
    CASE_IF(CAN_PERSIST, reopening_finds_everything),
    CASE_IF(CAN_SHARE, two_openings_are_one_store),
    CASE_IF(CAN_PERSIST, kill_9_leaves_only_whole_blobs),
};

int main(void)
{
    return contract_run("blobs", drivers, sizeof drivers / sizeof *drivers, cases,
                        sizeof cases / sizeof *cases);
}
