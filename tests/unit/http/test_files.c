/* Files of the store and of the page, over real sockets: entity tags, ranges, compressed files, and
 * no path that leads out of the folder. */
#include "harness.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"

static char *original_of(struct served *s, int64_t id)
{
    struct reply r;
    char *path = pc_xasprintf("/images/%lld", (long long)id);
    call(s, &r, "GET", path, NULL, NULL, 0);
    free(path);
    path = pc_xstrdup(json_string_value(json_object_get(r.json, "original")));
    assert_non_null(path);
    reply_finish(&r);
    return path;
}

static void files_have_tags_and_parts(void **state)
{
    struct served *s = *state;
    struct reply r;
    char *path = original_of(s, submit_image(s, 0));
    char *tag = pc_xasprintf("If-None-Match: \"x\", \"%s\"", strrchr(path, '/') + 1);
    char *condition = pc_xasprintf("Range: bytes=0-1\nIf-Range: \"%s\"", strrchr(path, '/') + 1);
    call(s, &r, "GET", path, NULL, NULL, 0);
    assert_int_equal(r.status, 200);
    assert_true(reply_has(&r, "Content-Type: image/bmp"));
    assert_true(reply_has(&r, "Cache-Control: public, max-age=31536000, immutable"));
    assert_memory_equal(r.body.data, test_tiny_bmp, sizeof test_tiny_bmp);
    reply_finish(&r);
    call(s, &r, "GET", path, tag, NULL, 0);
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body.len, 0);
    reply_finish(&r);
    call(s, &r, "GET", path, "Range: bytes=-68", NULL, 0);
    assert_int_equal(r.status, 206);
    assert_true(reply_has(&r, "Content-Range: bytes 2-69/70"));
    assert_memory_equal(r.body.data, test_tiny_bmp + 2, 68);
    reply_finish(&r);
    call(s, &r, "GET", path, condition, NULL, 0);
    assert_int_equal(r.status, 206);
    assert_memory_equal(r.body.data, "BM", 2);
    reply_finish(&r);
    call(s, &r, "GET", path, "Range: bytes=0-1\nIf-Range: \"other\"", NULL, 0);
    assert_int_equal(r.status, 200);
    reply_finish(&r);
    call(s, &r, "GET", path, "Range: bytes=70-", NULL, 0);
    assert_int_equal(r.status, 416);
    assert_true(reply_has(&r, "Content-Range: bytes */70"));
    reply_finish(&r);
    call(s, &r, "HEAD", path, NULL, NULL, 0);
    assert_true(reply_has(&r, "Content-Length: 70"));
    reply_finish(&r);
    char *download = pc_xasprintf("%s?download=n%%22.bmp", path);
    call(s, &r, "GET", download, NULL, NULL, 0);
    assert_true(reply_has(
        &r, "Content-Disposition: attachment; filename=\"n_.bmp\"; filename*=UTF-8''n%22.bmp"));
    reply_finish(&r);
    free(download);
    free(path);
    free(tag);
    free(condition);
}

static void files_do_not_lead_out(void **state)
{
    struct served *s = *state;
    static const char *const paths[] = {
        "/files/../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd",
        "/files//etc/passwd",      "/files/originals/..%2fx.jpg",
        "/files/a%00b.jpg",        "/files/originals",
        "/api/files/.hidden",      "/files/none.jpg",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        expect(s, "GET", paths[i], NULL, NULL, 404, "not_found");
}

static void write_file(struct served *s, const char *name, const char *text)
{
    char *path = pc_xasprintf("%s/%s", s->page_dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    free(path);
}

static void page_is_served(void **state)
{
    struct served *s = *state;
    struct reply r;
    expect(s, "GET", "/", NULL, NULL, 200, ""); /* says that there is no page */
    char *dir = pc_xasprintf("%s/assets", s->page_dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    free(dir);
    write_file(s, "index.html", "<p>page</p>");
    write_file(s, "assets/a-1234.js", "plain");
    write_file(s, "assets/a-1234.js.br", "packed");
    write_file(s, ".secret", "x");
    call(s, &r, "GET", "/", NULL, NULL, 0);
    assert_string_equal(pc_buf_text(&r.body), "<p>page</p>");
    assert_true(reply_has(&r, "Content-Type: text/html; charset=utf-8"));
    assert_true(reply_has(&r, "Cache-Control: no-cache"));
    assert_non_null(strcasestr(pc_buf_text(&r.headers), "Content-Security-Policy: default-src"));
    char tag[128] = "If-None-Match: ";
    const char *at = strcasestr(pc_buf_text(&r.headers), "ETag: ");
    assert_non_null(at);
    strncat(tag, at + 6, strcspn(at + 6, "\r"));
    reply_finish(&r);
    expect(s, "GET", "/index.html", tag, NULL, 304, "");
    call(s, &r, "GET", "/assets/a-1234.js", "Accept-Encoding: gzip, br", NULL, 0);
    assert_string_equal(pc_buf_text(&r.body), "packed");
    assert_true(reply_has(&r, "Content-Encoding: br"));
    assert_true(reply_has(&r, "Content-Type: text/javascript; charset=utf-8"));
    assert_true(reply_has(&r, "Cache-Control: public, max-age=31536000, immutable"));
    reply_finish(&r);
    call(s, &r, "GET", "/assets/a-1234.js", NULL, NULL, 0);
    assert_string_equal(pc_buf_text(&r.body), "plain");
    reply_finish(&r);
    static const char *const none[] = {
        "/assets",  "/assets/",    "/.secret", "/assets/../index.html", "/assets/%2e%2e/index.html",
        "/nothing", "//etc/passwd"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        expect(s, "GET", none[i], NULL, NULL, 404, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_have_tags_and_parts),
        cmocka_unit_test(files_do_not_lead_out),
        cmocka_unit_test(page_is_served),
    };
    return cmocka_run_group_tests_name("http-files", tests, served_setup, served_teardown);
}
