/* What only the S3 driver promises, against a real server that verifies signatures: uploads in
 * parts, nasty prefixes, lists of many pages, links. */
#include <stdatomic.h>
#include <stdio.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/s3/internal.h"
#include "s3_server.h"

/* Large blobs */

static void twenty_megabytes_go_in_parts(void **state)
{
    (void)state;
    enum { LEN = 20 * MIB + 12345, STEP = 1 << 18 };
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = s3_open_fresh("");
    struct pc_blob_writer *w;
    struct pc_blob_reader *r;
    struct pc_buf buf = PC_BUF_INIT;
    char *bytes = s3_noise(LEN), *piece = pc_xzalloc(STEP);
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
    assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() + 60000, (int[]){0}, &err), &err);
    pc_buf_finish(&buf);
    free(bytes);
    free(piece);
    pc_blobs_close(bs);
}

static void a_large_blob_that_goes_while_it_is_read(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = s3_open_fresh("");
    struct pc_blob_reader *r;
    char *bytes = s3_noise(2 * MIB), piece[100];
    size_t got;
    s3_put(bs, "a", bytes, 2 * MIB);
    assert_ok(pc_blobs_read(bs, "a", &r, &err), &err);
    assert_ok(pc_blobs_remove(bs, "a", &err), &err);
    assert_ok(pc_blob_read_at(r, 1000, piece, sizeof piece, &got, &err), &err);
    assert_memory_equal(piece, bytes + 1000, got);
    assert_code(pc_blob_read_at(r, MIB, piece, sizeof piece, &got, &err), PC_E_STORE_UNAVAILABLE);
    pc_blob_close(r);
    free(bytes);
    pc_blobs_close(bs);
}

/* Keys */

#define NASTY "a%20b+k=v/%C3%A9x%21*'()/,:%40$%26%2520%3F%23~"

static void nasty_prefixes_are_signed_right(void **state)
{
    (void)state;
    struct pc_err err = PC_ERR_INIT;
    char *url = s3_below(NASTY, "");
    struct pc_blobs *bs = s3_open(url);
    char *bytes = s3_noise(17 * MIB);
    s3_put(bs, "x/y.jpg", "hello", 5);
    s3_put(bs, "big", bytes, 17 * MIB);
    s3_expect(bs, "x/y.jpg", "hello");
    assert_int_equal(s3_count(bs), 2);
    assert_ok(pc_blobs_remove(bs, "x/y.jpg", &err), &err);
    assert_ok(pc_blobs_remove(bs, "big", &err), &err);
    assert_int_equal(s3_count(bs), 0);
    pc_blobs_close(bs);
    free(url);
    free(bytes);
}

static void other_objects_below_the_prefix_are_skipped(void **state)
{
    (void)state;
    char *outer = s3_below("outer", "");
    char *inner = s3_below("outer/not%20a+key", "");
    struct pc_blobs *a = s3_open(outer), *b = s3_open(inner);
    s3_put(a, "own", "x", 1);
    s3_put(b, "theirs", "x", 1);
    assert_int_equal(s3_count(a), 1);
    assert_int_equal(s3_count(b), 1);
    pc_blobs_close(a);
    pc_blobs_close(b);
    s3_clear(inner);
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
    struct many many = {.bs = s3_open_fresh("")};
    contract_threads(THREADS, put_many, &many);
    assert_int_equal(many.failures, 0);
    assert_int_equal(s3_count(many.bs), THREADS * EACH);
    assert_ok(pc_blobs_walk(many.bs, "", remove_it, &many, &err), &err);
    assert_int_equal(many.failures, 0);
    assert_int_equal(s3_count(many.bs), 0);
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
    char *url = s3_below(NASTY, "&links=presigned");
    struct pc_blobs *bs = s3_open(url);
    struct pc_s3_url a;
    struct pc_err err = PC_ERR_INIT;
    s3_put(bs, "x/y.jpg", "hello", 5);
    char *link = pc_blobs_link(bs, "x/y.jpg", 60);
    assert_non_null(link);
    assert_null(strchr(link, '\''));
    assert_int_equal(asked_plainly("GET", link, "hello"), 200);
    assert_int_equal(asked_plainly("DELETE", link, NULL), 403);
    char *other = pc_blobs_link(bs, "x/z.jpg", 60), *query = strchr(link, '?');
    size_t path_len = strcspn(other, "?");
    char *forged = pc_xasprintf("%.*s%s", (int)path_len, other, query);
    assert_int_equal(asked_plainly("GET", forged, NULL), 403);
    assert_int_equal(asked_plainly("GET", other, NULL), 404);
    assert_ok(pc_s3_url_parse(url, &a, &err), &err);
    struct pc_s3_credentials keys = {a.key_id, a.secret, a.session_token, PC_S3_NEVER_EXPIRES};
    char *old = pc_s3_presign_url(&a, &keys, "x/y.jpg", 60, pc_clock_wall_ms() / 1000 - 3600);
    assert_int_equal(asked_plainly("GET", old, NULL), 403);
    pc_s3_url_finish(&a);
    free(link);
    free(other);
    free(forged);
    free(old);
    pc_blobs_close(bs);
    s3_clear(url);
    free(url);
}

static void links_are_a_choice(void **state)
{
    (void)state;
    struct pc_blobs *served = s3_open_fresh("");
    struct pc_blobs *public = s3_open_fresh("&links=public:https://cdn.example/s");
    assert_null(pc_blobs_link(served, "a", 60));
    char *link = pc_blobs_link(public, "x/y.jpg", 60);
    assert_string_equal(link, "https://cdn.example/s/x/y.jpg");
    free(link);
    pc_blobs_close(served);
    pc_blobs_close(public);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_megabytes_go_in_parts),
        cmocka_unit_test(a_large_blob_that_goes_while_it_is_read),
        cmocka_unit_test(nasty_prefixes_are_signed_right),
        cmocka_unit_test(other_objects_below_the_prefix_are_skipped),
        cmocka_unit_test(lists_have_many_pages),
        cmocka_unit_test(presigned_links_open_for_anyone_until_they_end),
        cmocka_unit_test(links_are_a_choice),
    };
    if (!s3_there()) {
        print_message("1..0 # SKIP %s\n", S3_ABSENT);
        return 0;
    }
    return cmocka_run_group_tests_name("blobs-s3-objects", tests, NULL, s3_leave);
}
