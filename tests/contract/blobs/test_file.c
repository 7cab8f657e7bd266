/* What only the file driver promises: links are not followed, leftovers are swept, and the right
 * code for folders that are missing, not writable or on a full disk. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../contract.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "blobs/drivers.h"

struct store {
    char *dir, *root, *url;
};

static int setup(void **state)
{
    struct store *p = pc_xzalloc(sizeof *p);
    p->dir = test_mkdir();
    p->root = pc_xasprintf("%s/blobs", p->dir);
    p->url = pc_xasprintf("file:%s", p->root);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct store *p = *state;
    test_rmdir(p->dir);
    free(p->root);
    free(p->url);
    free(p);
    return 0;
}

static enum pc_code try_open(const struct store *p, struct pc_blobs **bs, struct pc_err *err)
{
    return pc_blobs_open(&pc_blobs_file, p->url, bs, err);
}

static struct pc_blobs *open_store(const struct store *p)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_ok(try_open(p, &bs, &err), &err);
    return bs;
}

/* Where the driver keeps a key without '/': its outer folder, inner folder, or the file. Gives. */
enum level { OUTER, INNER, FILE_ITSELF };
static char *where(const struct store *p, const char *key, enum level level)
{
    char hex[PC_SHA256_HEX];
    pc_sha256_of(key, strlen(key), hex);
    if (level == OUTER)
        return pc_xasprintf("%s/%.2s", p->root, hex);
    if (level == INNER)
        return pc_xasprintf("%s/%.2s/%.2s", p->root, hex, hex + 2);
    return pc_xasprintf("%s/%.2s/%.2s/%s", p->root, hex, hex + 2, key);
}

static int files_in(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static int leftovers(const struct store *p)
{
    char *tmp = pc_xasprintf("%s/tmp", p->root);
    int n = files_in(tmp);
    free(tmp);
    return n;
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

static void wrong_urls_are_refused(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    assert_code(pc_blobs_open(&pc_blobs_file, "file:", &bs, &err), PC_E_CONFIG);
    char *url = pc_xasprintf("file:%s/no/such", p->dir);
    assert_code(pc_blobs_open(&pc_blobs_file, url, &bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_null(strchr(err.message, '/'));
    free(url);
    int fd = open(p->root, O_CREAT | O_WRONLY, 0600); /* a file where the folder should be */
    close(fd);
    assert_code(try_open(p, &bs, &err), PC_E_STORE_UNAVAILABLE);
}

static void a_link_in_place_of_a_folder_is_not_followed(void **state)
{
    struct store *p = *state;
    for (enum level level = OUTER; level <= INNER; level++) {
        struct pc_err err = PC_ERR_INIT;
        struct pc_blobs *bs = open_store(p);
        struct pc_blob_reader *r;
        char *elsewhere = pc_xasprintf("%s/elsewhere%d", p->dir, (int)level);
        char *outer = where(p, "a", OUTER), *link = where(p, "a", level);
        mkdir(elsewhere, 0700);
        if (level == INNER) {
            unlink(outer);
            mkdir(outer, 0700);
        }
        assert_int_equal(symlink(elsewhere, link), 0);
        assert_code(pc_blobs_put(bs, "a", "x", 1, &err), PC_E_STORE_UNAVAILABLE);
        assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
        assert_code(pc_blobs_remove(bs, "a", &err), PC_E_STORE_UNAVAILABLE);
        assert_int_equal(files_in(elsewhere), 0);
        assert_int_equal(blobs_in(bs), 0);
        assert_int_equal(leftovers(p), 0);
        free(elsewhere);
        free(outer);
        free(link);
        pc_blobs_close(bs);
    }
}

static void a_link_in_place_of_a_blob_is_not_read(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_store(p);
    struct pc_blob_reader *r;
    assert_ok(pc_blobs_put(bs, "a", "x", 1, &err), &err);
    char *file = where(p, "a", FILE_ITSELF);
    unlink(file);
    assert_int_equal(symlink("/etc/hostname", file), 0);
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    assert_int_equal(blobs_in(bs), 0);
    assert_ok(pc_blobs_put(bs, "a", "y", 1, &err), &err); /* the rename replaces the link itself */
    assert_int_equal(blobs_in(bs), 1);
    assert_ok(pc_blobs_remove(bs, "a", &err), &err);
    char *outer = where(p, "a", OUTER), *inner = where(p, "a", INNER);
    assert_int_equal(mkdir(outer, 0700), 0); /* the remove took them away */
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(mkdir(file, 0700), 0); /* nor is a folder */
    assert_code(pc_blobs_read(bs, "a", &r, &err), PC_E_STORE_UNAVAILABLE);
    free(file);
    free(outer);
    free(inner);
    pc_blobs_close(bs);
}

static void other_files_in_the_folder_are_skipped(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_store(p);
    assert_ok(pc_blobs_put(bs, "a", "x", 1, &err), &err);
    char *file = where(p, "a", INNER);
    char *strange = pc_xasprintf("%s/not a key,", file), *top = pc_xasprintf("%s/ab.txt", p->root);
    close(open(strange, O_CREAT | O_WRONLY, 0600));
    close(open(top, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(blobs_in(bs), 1);
    free(file);
    free(strange);
    free(top);
    pc_blobs_close(bs);
}

static void aborted_and_dead_files_are_dropped(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_store(p);
    struct pc_blob_writer *w;
    int dropped;
    assert_ok(pc_blobs_begin(bs, &w, &err), &err);
    assert_ok(pc_blob_write(w, "x", 1, &err), &err);
    assert_int_equal(leftovers(p), 1);
    pc_blob_abort(w);
    assert_int_equal(leftovers(p), 0);
    char *dead = pc_xasprintf("%s/tmp/dead", p->root);
    int fd = open(dead, O_CREAT | O_WRONLY, 0600);
    const struct timespec old[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    futimens(fd, old);
    close(fd);
    assert_ok(pc_blobs_begin(bs, &w, &err), &err);
    assert_ok(pc_blobs_sweep(bs, pc_clock_wall_ms() - 60000, &dropped, &err), &err);
    assert_int_equal(dropped, 1);
    assert_int_equal(leftovers(p), 1);
    assert_ok(pc_blob_commit(w, "late", &err), &err);
    free(dead);
    pc_blobs_close(bs);
}

static void ping_notices_a_removed_folder(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_store(p);
    char *tmp = pc_xasprintf("%s/tmp", p->root);
    assert_ok(pc_blobs_ping(bs, &err), &err);
    rmdir(tmp);
    assert_code(pc_blobs_ping(bs, &err), PC_E_STORE_UNAVAILABLE);
    assert_code(pc_blobs_put(bs, "a", "x", 1, &err), PC_E_STORE_UNAVAILABLE);
    free(tmp);
    pc_blobs_close(bs);
}

static int write_as_nobody(void *ctx)
{
    struct store *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = NULL;
    if (!contract_drop_root())
        return CHILD_SKIPPED;
    bool right = try_open(p, &bs, &err) == PC_E_STORE_UNAVAILABLE && strstr(err.message, "rights");
    return right ? CHILD_OK : CHILD_FAILED;
}

static void a_read_only_folder_is_unavailable(void **state)
{
    struct store *p = *state;
    pc_blobs_close(open_store(p));
    char *tmp = pc_xasprintf("%s/tmp", p->root);
    chmod(p->dir, 0755);
    chmod(p->root, 0555);
    chmod(tmp, 0555);
    contract_check_child(contract_fork(write_as_nobody, p), "cannot become another user");
    chmod(p->root, 0755);
    free(tmp);
}

static int fill_a_small_disk(void *ctx)
{
    struct store *p = ctx;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs;
    struct pc_buf buf = PC_BUF_INIT;
    static char half[600 * 1024];
    if (!contract_small_disk(p->dir, 1024 * 1024))
        return CHILD_SKIPPED;
    if (try_open(p, &bs, &err) || pc_blobs_put(bs, "first", half, sizeof half, &err))
        return CHILD_FAILED;
    bool right = pc_blobs_put(bs, "second", half, sizeof half, &err) == PC_E_STORE_FULL &&
                 leftovers(p) == 0 && blobs_in(bs) == 1 &&
                 pc_blobs_get(bs, "first", sizeof half, &buf, &err) == PC_OK &&
                 buf.len == sizeof half && pc_blobs_remove(bs, "first", &err) == PC_OK &&
                 pc_blobs_put(bs, "second", half, sizeof half, &err) == PC_OK;
    return right ? CHILD_OK : CHILD_FAILED;
}

static void a_full_disk_is_store_full_until_there_is_room(void **state)
{
    contract_check_child(contract_fork(fill_a_small_disk, *state), "may not mount a small disk");
}

static void no_empty_folder_stays(void **state)
{
    struct store *p = *state;
    struct pc_err err = PC_ERR_INIT;
    struct pc_blobs *bs = open_store(p);
    for (int i = 0; i < 40; i++) {
        char key[32];
        snprintf(key, sizeof key, "shots/%d/neck.jpg", i);
        assert_ok(pc_blobs_put(bs, key, "x", 1, &err), &err);
    }
    assert_in_range(files_in(p->root), 10, 100);
    for (int i = 0; i < 40; i++) {
        char key[32];
        assert_int_equal(blobs_in(bs), 40 - i);
        snprintf(key, sizeof key, "shots/%d/neck.jpg", i);
        assert_ok(pc_blobs_remove(bs, key, &err), &err);
    }
    assert_int_equal(files_in(p->root), 1); /* tmp */
    /* What a process that was killed left, or a version that did not remove folders. */
    char *outer = where(p, "key", OUTER), *inner = where(p, "key", INNER);
    assert_int_equal(mkdir(outer, 0700), 0);
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(blobs_in(bs), 0);
    assert_int_equal(files_in(p->root), 1);
    free(outer);
    free(inner);
    pc_blobs_close(bs);
}

struct changer {
    struct pc_blobs *bs;
    pthread_t thread;
    enum pc_code rc;
};

/* Four of these on one key: each remove takes the folder away under the next put. */
static void *put_and_remove(void *arg)
{
    struct changer *c = arg;
    struct pc_err err = PC_ERR_INIT;
    for (int i = 0; i < 100 && !c->rc; i++) {
        c->rc = pc_blobs_put(c->bs, "key", "bytes", 5, &err);
        if (!c->rc)
            c->rc = pc_blobs_remove(c->bs, "key", &err);
    }
    return NULL;
}

static void a_folder_that_vanishes_under_a_writer_is_made_anew(void **state)
{
    struct store *p = *state;
    struct pc_blobs *bs = open_store(p);
    struct changer changers[4] = {{.bs = bs}, {.bs = bs}, {.bs = bs}, {.bs = bs}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&changers[i].thread, NULL, put_and_remove, &changers[i]),
                         0);
    for (int i = 0; i < 4; i++) {
        pthread_join(changers[i].thread, NULL);
        assert_int_equal(changers[i].rc, PC_OK);
    }
    assert_int_equal(blobs_in(bs), 0);
    assert_int_equal(files_in(p->root), 1);
    pc_blobs_close(bs);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wrong_urls_are_refused),
        TEST(a_link_in_place_of_a_folder_is_not_followed),
        TEST(a_link_in_place_of_a_blob_is_not_read),
        TEST(other_files_in_the_folder_are_skipped),
        TEST(aborted_and_dead_files_are_dropped),
        TEST(no_empty_folder_stays),
        TEST(a_folder_that_vanishes_under_a_writer_is_made_anew),
        TEST(ping_notices_a_removed_folder),
        TEST(a_read_only_folder_is_unavailable),
        TEST(a_full_disk_is_store_full_until_there_is_room),
    };
    return cmocka_run_group_tests_name("blobs-file", tests, NULL, NULL);
}
