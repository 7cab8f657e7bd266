/* What only the S3 driver promises, against a real server that verifies signatures: refusals at
 * start, servers that go and come back, uploads in parts, links, lists of many pages, nasty
 * prefixes, damage. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"
#include "blobs/s3_link.h"
#include "s3_server.h"

enum { MIB = 1 << 20 };

static struct pc_blobs *open_at(const char *address)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_ok(pc_blobs_open(&pc_blobs_s3, address, &bs, &err), &err);
    return bs;
}

static struct pc_blobs *open_fresh(const char *more)
{
    char *address = s3_fresh(more);
    struct pc_blobs *bs = open_at(address);
    free(address);
    return bs;
}

static void put(struct pc_blobs *bs, const char *key, const void *data, size_t len)
{
    struct pc_err err = PC_ERR_INIT;
    assert_ok(pc_blobs_put(bs, key, data, len, &err), &err);
}

static void expect(struct pc_blobs *bs, const char *key, const char *text)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    assert_ok(pc_blobs_get(bs, key, MIB, &buf, &err), &err);
    assert_string_equal(pc_buf_text(&buf), text);
    pc_buf_finish(&buf);
}

static char *noise(size_t len)
{
    char *bytes = pc_xmalloc(len);
    uint32_t x = 12345;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525U + 1013904223U;
        bytes[i] = (char)(x >> 24);
    }
    return bytes;
}

static bool count_one(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    (void)key, (void)size, (void)modified_ms;
    ++*(int *)ctx;
    return true;
}

static int blobs_in(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    int n = 0;
    assert_ok(pc_blobs_walk(bs, "", count_one, &n, &err), &err);
    return n;
}

/* At start */

static void refused(const char *account, const char *place, const char *word)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *address = s3_address(account, place, "");
    assert_code(pc_blobs_open(&pc_blobs_s3, address, &bs, &err), PC_E_CONFIG);
    if (!strstr(err.message, word))
        fail_msg("\"%s\" does not name %s", err.message, word);
    assert_null(strstr(err.message, "tester"));
    assert_null(strstr(err.detail, "secret+key"));
    free(address);
}

static void refusals_say_what_is_wrong(void **state)
{
    (void)state;
    refused("tester:wrong@", "shots", "AWS_SECRET_ACCESS_KEY");
    refused("stranger:wrong@", "shots", "AWS_ACCESS_KEY_ID");
    refused("", "shots", "AWS_ACCESS_KEY_ID");
    refused(S3_KEY, "no-such-bucket", "no such S3 bucket");
}

static void a_server_that_is_away_is_unavailable_soon(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *address = s3_fresh("");
    int64_t start_ms = pc_mono_ms();
    test_server_kill(s3_server());
    assert_code(pc_blobs_open(&pc_blobs_s3, address, &bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_true(pc_mono_ms() - start_ms < 10000);
    test_server_again(s3_server());
    pc_blobs_close(open_at(address));
    free(address);
}

/* In the middle */

static void all_is_unavailable(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blob_reader *r;
    int n = 0;
    assert_code(pc_blobs_put(bs, "b", "new", 3, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(pc_code_info(err.code)->retryable, 1);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_remove(bs, "a", &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_walk(bs, "", count_one, &n, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_sweep(bs, 0, &n, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_ping(bs, &err), PC_E_STORE_UNAVAILABLE);
}

static void a_server_that_went_may_come_back(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_fresh("");
    put(bs, "a", "kept", 4);
    test_server_kill(s3_server());
    all_is_unavailable(bs);
    test_server_again(s3_server());
    assert_ok(pc_blobs_ping(bs, &err), &err);
    expect(bs, "a", "kept");
    put(bs, "b", "new", 3);
    expect(bs, "b", "new");
    pc_blobs_close(bs);
}

static void *put_hello(void *bs)
{
    struct pc_err err = PC_ERR_INIT;
    static const char failed[] = "failed";
    return pc_blobs_put(bs, "a", "hello", 5, &err) ? (void *)(uintptr_t)failed : NULL;
}

static void a_short_outage_is_waited_out(void **state)
{
    (void)state;
    struct pc_blobs *bs = open_fresh("");
    pthread_t thread;
    void *failed;
    test_server_kill(s3_server());
    assert_int_equal(pthread_create(&thread, NULL, put_hello, bs), 0);
    pc_sleep_ms(100);
    test_server_again(s3_server());
    pthread_join(thread, &failed);
    assert_null(failed);
    expect(bs, "a", "hello");
    pc_blobs_close(bs);
}

static void a_silent_server_is_given_up(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_fresh("&timeout=1");
    put(bs, "a", "kept", 4);
    int64_t start_ms = pc_mono_ms();
    test_server_freeze(s3_server());
    enum pc_code rc = pc_blobs_put(bs, "b", "new", 3, &err);
    int64_t took_ms = pc_mono_ms() - start_ms;
    test_server_thaw(s3_server());
    assert_code(rc, PC_E_STORE_UNAVAILABLE);
    assert_in_range(took_ms, 900, 10000);
    expect(bs, "a", "kept");
    pc_blobs_close(bs);
}

/* Large blobs */

static void twenty_megabytes_go_in_parts(void **state)
{
    (void)state;
    enum { LEN = 20 * MIB + 12345, STEP = 1 << 18 };
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_fresh("");
    struct pc_blob_writer *w;
    struct pc_blob_reader *r;
    struct pc_buf buf = PC_BUF_INIT;
    char *bytes = noise(LEN), *piece = pc_xmalloc(STEP);
    size_t got;
    assert_ok(pc_blobs_begin(bs, &w, &err), &err);
    for (size_t at = 0; at < LEN; at += STEP)
        assert_ok(pc_blob_write(w, bytes + at, LEN - at < STEP ? LEN - at : STEP, &err), &err);
    assert_ok(pc_blob_commit(w, "originals/big.jpg", &err), &err);
    assert_ok(pc_blobs_read(bs, "originals/big.jpg", &r, &err), &err);
    assert_int_equal(pc_blob_size(r), LEN);
    for (int64_t at = 0; at < LEN; at += (int64_t)got) {
        assert_ok(pc_blob_read_at(r, at, piece, STEP, &got, &err), &err);
        assert_true(got > 0);
        assert_memory_equal(piece, bytes + at, got);
    }
    assert_ok(pc_blob_read_at(r, 5, piece, 10, &got, &err), &err); /* back again */
    assert_memory_equal(piece, bytes + 5, got);
    pc_blob_close(r);
    assert_ok(pc_blobs_get(bs, "originals/big.jpg", LEN, &buf, &err), &err);
    assert_int_equal(buf.len, LEN);
    assert_memory_equal(buf.data, bytes, LEN);
    assert_ok(pc_blobs_sweep(bs, pc_wall_ms() + 60000, (int[]){0}, &err), &err);
    pc_buf_finish(&buf);
    free(bytes);
    free(piece);
    pc_blobs_close(bs);
}

struct half {
    const char *address;
    int out;
};

/* Commits 48 MB again and again, telling when it begins. */
static int upload_until_killed(void *ctx)
{
    struct half *half = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    char *bytes = noise(MIB);
    if (pc_blobs_open(&pc_blobs_s3, half->address, &bs, &err))
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

/* The server may be busy yet with the last request of the dead. */
static void sweep_until_nothing_is_left(struct pc_blobs *bs)
{
    struct pc_err err = PC_ERR_INIT;
    int64_t until_ms = pc_mono_ms() + 10000;
    int dropped = 1;
    while (dropped > 0 && pc_mono_ms() < until_ms) {
        assert_ok(pc_blobs_sweep(bs, pc_wall_ms() + 60000, &dropped, &err), &err);
        pc_sleep_ms(dropped > 0 ? 100 : 0);
    }
    assert_int_equal(dropped, 0);
}

static void an_upload_whose_program_died_is_swept(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char *address = s3_fresh(""), x;
    struct pc_blobs *bs = open_at(address);
    int ends[2], dropped = 0, all = 0;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(pipe(ends), 0);
        struct half half = {address, ends[1]};
        pid_t pid = contract_fork(upload_until_killed, &half);
        close(ends[1]);
        assert_int_equal(read(ends[0], &x, 1), 1);
        pc_sleep_ms(20 + 30 * round);
        contract_kill(pid);
        close(ends[0]);
        assert_ok(pc_blobs_sweep(bs, pc_wall_ms() - 60000, &dropped, &err), &err);
        assert_int_equal(dropped, 0); /* it may be at work yet */
        assert_ok(pc_blobs_sweep(bs, pc_wall_ms() + 60000, &dropped, &err), &err);
        all += dropped;
        sweep_until_nothing_is_left(bs);
    }
    assert_true(all > 0);
    pc_blobs_close(bs);
    free(address);
}

static void a_large_blob_that_goes_while_it_is_read(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_fresh("");
    struct pc_blob_reader *r;
    char *bytes = noise(2 * MIB), piece[100];
    size_t got;
    put(bs, "a", bytes, 2 * MIB);
    assert_ok(pc_blobs_read(bs, "a", &r, &err), &err);
    assert_ok(pc_blobs_remove(bs, "a", &err), &err);
    assert_ok(pc_blob_read_at(r, 1000, piece, sizeof piece, &got, &err), &err);
    assert_memory_equal(piece, bytes + 1000, got);
    assert_code(pc_blob_read_at(r, MIB, piece, sizeof piece, &got, &err), PC_E_STORE_UNAVAILABLE);
    pc_blob_close(r);
    free(bytes);
    pc_blobs_close(bs);
}

static void flip_a_byte(const char *place, const char *key)
{
    char *path = pc_xasprintf("%s/data/%s/%s", test_server_dir(s3_server()), place, key), x = 0;
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
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf buf = PC_BUF_INIT;
    char *address = s3_address(S3_KEY, "shots/damaged", ""), *bytes = noise(2 * MIB);
    struct pc_blobs *bs = open_at(address);
    put(bs, "small", bytes, 1000);
    put(bs, "large", bytes, 2 * MIB);
    flip_a_byte("shots/damaged", "small");
    flip_a_byte("shots/damaged", "large");
    assert_code(pc_blobs_get(bs, "small", 2 * MIB, &buf, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_get(bs, "large", 2 * MIB, &buf, &err), PC_E_STORE_UNAVAILABLE);
    pc_buf_finish(&buf);
    free(bytes);
    free(address);
    pc_blobs_close(bs);
}

/* Keys */

#define NASTY "a%20b+k=v/%C3%A9x%21*'()/,:%40$%26%2520%3F%23~"

static void nasty_prefixes_are_signed_right(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char *address = s3_address(S3_KEY, "shots/" NASTY, "");
    struct pc_blobs *bs = open_at(address);
    char *bytes = noise(17 * MIB);
    put(bs, "x/y.jpg", "hello", 5);
    put(bs, "big", bytes, 17 * MIB);
    expect(bs, "x/y.jpg", "hello");
    assert_int_equal(blobs_in(bs), 2);
    assert_ok(pc_blobs_remove(bs, "x/y.jpg", &err), &err);
    assert_ok(pc_blobs_remove(bs, "big", &err), &err);
    assert_int_equal(blobs_in(bs), 0);
    pc_blobs_close(bs);
    free(address);
    free(bytes);
}

static void strangers_below_the_prefix_are_passed_over(void **state)
{
    (void)state;
    char *outer = s3_address(S3_KEY, "shots/outer", "");
    char *inner = s3_address(S3_KEY, "shots/outer/not%20a+key", "");
    struct pc_blobs *a = open_at(outer), *b = open_at(inner);
    put(a, "own", "x", 1);
    put(b, "theirs", "x", 1);
    assert_int_equal(blobs_in(a), 1);
    assert_int_equal(blobs_in(b), 1);
    pc_blobs_close(a);
    pc_blobs_close(b);
    free(outer);
    free(inner);
}

enum { THREADS = 8, EACH = 151 };
struct many {
    struct pc_blobs *bs;
    atomic_int failures;
};

static void put_many(void *ctx, int i)
{
    struct many *many = ctx;
    struct pc_err err = PC_ERR_INIT;
    for (int n = 0; n < EACH; n++) {
        char key[32];
        snprintf(key, sizeof key, "k%d/%d", n % 7, i * EACH + n);
        if (pc_blobs_put(many->bs, key, key, strlen(key), &err))
            many->failures++;
    }
}

static bool remove_it(void *ctx, const char *key, int64_t size, int64_t modified_ms)
{
    struct many *many = ctx;
    struct pc_err err = PC_ERR_INIT;
    (void)size, (void)modified_ms;
    if (pc_blobs_remove(many->bs, key, &err))
        many->failures++;
    return true;
}

static void lists_have_many_pages(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct many many = {.bs = open_fresh("")};
    contract_threads(THREADS, put_many, &many);
    assert_int_equal(many.failures, 0);
    assert_int_equal(blobs_in(many.bs), THREADS * EACH);
    assert_ok(pc_blobs_walk(many.bs, "", remove_it, &many, &err), &err);
    assert_int_equal(many.failures, 0);
    assert_int_equal(blobs_in(many.bs), 0);
    pc_blobs_close(many.bs);
}

/* Links */

/* Status of a request by a client that knows no keys; what came is compared with text. */
static int asked_plainly(const char *method, const char *url, const char *text)
{
    char *command = pc_xasprintf("curl -s -X %s -w '\\n%%{http_code}' '%s'", method, url);
    char got[4096] = "";
    FILE *out = popen(command, "r");
    assert_non_null(out);
    size_t n = fread(got, 1, sizeof got - 1, out);
    got[n] = 0;
    pclose(out);
    free(command);
    char *status = strrchr(got, '\n');
    assert_non_null(status);
    *status++ = 0;
    if (text)
        assert_string_equal(got, text);
    return atoi(status);
}

static void presigned_links_open_for_anyone_until_they_end(void **state)
{
    (void)state;
    char *address = s3_address(S3_KEY, "shots/" NASTY, "&links=presigned");
    struct pc_blobs *bs = open_at(address);
    struct pc_s3_address a;
    struct pc_err err = PC_ERR_INIT;
    put(bs, "x/y.jpg", "hello", 5);
    char *link = pc_blob_link(bs, "x/y.jpg", 60);
    assert_non_null(link);
    assert_null(strchr(link, '\''));
    assert_int_equal(asked_plainly("GET", link, "hello"), 200);
    assert_int_equal(asked_plainly("DELETE", link, NULL), 403);
    char *other = pc_blob_link(bs, "x/z.jpg", 60), *query = strchr(link, '?');
    size_t path_len = strcspn(other, "?");
    char *forged = pc_xasprintf("%.*s%s", (int)path_len, other, query);
    assert_int_equal(asked_plainly("GET", forged, NULL), 403);
    assert_int_equal(asked_plainly("GET", other, NULL), 404);
    assert_ok(pc_s3_address_read(address, &a, &err), &err);
    char *old = pc_s3_presign(&a, "x/y.jpg", 60, pc_wall_ms() / 1000 - 3600);
    assert_int_equal(asked_plainly("GET", old, NULL), 403);
    pc_s3_address_finish(&a);
    free(link);
    free(other);
    free(forged);
    free(old);
    free(address);
    pc_blobs_close(bs);
}

static void links_are_a_choice(void **state)
{
    (void)state;
    struct pc_blobs *served = open_fresh("");
    struct pc_blobs *public = open_fresh("&links=public:https://cdn.example/s");
    assert_null(pc_blob_link(served, "a", 60));
    char *link = pc_blob_link(public, "x/y.jpg", 60);
    assert_string_equal(link, "https://cdn.example/s/x/y.jpg");
    assert_true(pc_blobs_remote(served));
    free(link);
    pc_blobs_close(served);
    pc_blobs_close(public);
}

/* The disk of temporary files */

static int fill_the_spool(void *ctx)
{
    const char *dir = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_blob_writer *w;
    char *bytes = noise(MIB), *more = pc_xasprintf("&spool=%s", dir), *address = s3_fresh(more);
    enum pc_code rc = PC_OK;
    if (!contract_small_disk(dir, 4 * MIB))
        return CHILD_SKIPPED;
    if (pc_blobs_open(&pc_blobs_s3, address, &bs, &err) || pc_blobs_begin(bs, &w, &err))
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
        cmocka_unit_test(refusals_say_what_is_wrong),
        cmocka_unit_test(a_server_that_is_away_is_unavailable_soon),
        cmocka_unit_test(a_server_that_went_may_come_back),
        cmocka_unit_test(a_short_outage_is_waited_out),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(twenty_megabytes_go_in_parts),
        cmocka_unit_test(an_upload_whose_program_died_is_swept),
        cmocka_unit_test(a_large_blob_that_goes_while_it_is_read),
        cmocka_unit_test(damage_in_the_store_is_noticed),
        cmocka_unit_test(nasty_prefixes_are_signed_right),
        cmocka_unit_test(strangers_below_the_prefix_are_passed_over),
        cmocka_unit_test(lists_have_many_pages),
        cmocka_unit_test(presigned_links_open_for_anyone_until_they_end),
        cmocka_unit_test(links_are_a_choice),
        cmocka_unit_test(a_full_spool_is_store_full_until_there_is_room),
    };
    if (!s3_server()) {
        print_message("1..0 # SKIP %s\n", S3_ABSENT);
        return 0;
    }
    return cmocka_run_group_tests_name("blobs-s3", tests, NULL, NULL);
}
