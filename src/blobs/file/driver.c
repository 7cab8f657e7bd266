/* Blobs as files.
 *
 *     DIR/tmp/<random>       what writers are writing; sweep drops what died there
 *     DIR/ab/cd/<flat key>   ab and cd are the first digits of the key's SHA-256; with 65,536
 *                            folders each stays small at millions of blobs
 *
 * A flat key is the key with ',' for '/', which no key contains. So a key is one file name, and no
 * key can reach outside of its folder. Everything is opened relative to DIR's descriptor and
 * without following symbolic links, so a link that was planted below DIR leads nowhere.
 *
 * commit syncs the file, renames it to its name, and syncs the folder and the parents that it had
 * to create. A crash before the rename leaves a file in tmp, one after it a whole blob. Nothing is
 * locked: a rename is atomic, and two writers of one key write the same bytes. remove takes away the
 * folders that it leaves empty; walk takes away those that a crash left. A folder that
 * another writer created a moment ago is left to that writer to sync; a journalling file system has
 * it in the same journal anyway.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "blobs/drivers.h"

enum { NAME_HEX = 32, FOLDER_MODE = 0750, FILE_MODE = 0640, MOVE_ROUNDS = 1000 };
enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct file_store {
    struct pc_blobs base;
    int root, tmp; /* folders */
};

struct file_writer {
    struct pc_blob_writer base;
    int fd;
    char name[NAME_HEX + 1]; /* in tmp */
};

struct location { /* of a blob below the root */
    char outer[3], inner[3];
    char name[PC_BLOB_KEY_MAX + 1];
};

static struct file_store *store_of(struct pc_blobs *bs)
{
    return PC_BLOBS_SELF(struct file_store, bs);
}

static enum pc_code fail_errno(int os, const char *doing, struct pc_err *err)
{
    char text[128];
    const char *says = strerror_r(os, text, sizeof text);
    enum pc_code code = os == ENOSPC || os == EDQUOT || os == EFBIG ? PC_E_STORE_FULL
                        : os == ENOENT                              ? PC_E_NOT_FOUND
                                                                    : PC_E_STORE_UNAVAILABLE;
    (void)pc_fail_detail(err, code, "%s: %s", doing, says);
    if (os == EACCES || os == EROFS || os == EPERM)
        (void)pc_str_copy(err->message, sizeof err->message,
                          "The blob folder cannot be written to; check its rights.");
    return code;
}

static void flatten(char *name, const char *key)
{
    size_t i = 0;
    for (; key[i] && i < PC_BLOB_KEY_MAX; i++)
        name[i] = key[i] == '/' ? ',' : key[i];
    name[i] = 0;
}

static struct location location_of(const char *key)
{
    char hex[PC_SHA256_HEX];
    struct location p;
    pc_sha256_of(key, strlen(key), hex);
    snprintf(p.outer, sizeof p.outer, "%.2s", hex);
    snprintf(p.inner, sizeof p.inner, "%.2s", hex + 2);
    flatten(p.name, key);
    return p;
}

/* --- opening --- */

static int make_folder(int at, const char *name)
{
    return mkdirat(at, name, FOLDER_MODE) == 0 || errno == EEXIST ? 0 : -1;
}

static enum pc_code open_root(struct file_store *s, const char *path, struct pc_err *err)
{
    /* The path itself is the operator's and may be a link; below it no link is followed. */
    if (make_folder(AT_FDCWD, path) < 0 ||
        (s->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
        make_folder(s->root, "tmp") < 0 || (s->tmp = openat(s->root, "tmp", FOLDER_FLAGS)) < 0 ||
        faccessat(s->tmp, ".", W_OK | X_OK, AT_EACCESS) < 0 ||
        faccessat(s->root, ".", W_OK | X_OK, AT_EACCESS) < 0) {
        int os = errno;
        if (fail_errno(os, path, err) == PC_E_NOT_FOUND)
            return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s: no such folder", path);
        return err->code;
    }
    return PC_OK;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void file_close(struct pc_blobs *bs)
{
    struct file_store *s = store_of(bs);
    close_if_open(s->tmp);
    close_if_open(s->root);
    free(s);
}

static enum pc_code file_open(const char *url, struct pc_blobs **out, struct pc_err *err)
{
    const char *path = url + strlen(pc_blobs_file.scheme);
    if (!*path)
        return pc_fail(err, PC_E_CONFIG, "The URL of blobs in files is \"file:DIR\".");
    struct file_store *s = pc_xzalloc(sizeof *s);
    s->root = s->tmp = -1;
    enum pc_code rc = open_root(s, path, err);
    if (rc)
        file_close(&s->base);
    else
        *out = &s->base;
    return rc;
}

/* --- writing --- */

static enum pc_code file_begin(struct pc_blobs *bs, struct pc_blob_writer **out, struct pc_err *err)
{
    struct file_writer *w = pc_xzalloc(sizeof *w);
    pc_random_hex(w->name, NAME_HEX);
    w->fd = openat(store_of(bs)->tmp, w->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                   FILE_MODE);
    if (w->fd >= 0) {
        *out = &w->base;
        return PC_OK;
    }
    int os = errno;
    free(w);
    /* tmp itself was removed: then the store is broken, and no blob is missing */
    return fail_errno(os == ENOENT ? EIO : os, "making a temporary file", err);
}

static enum pc_code file_write(struct pc_blob_writer *base, const void *data, size_t len,
                               struct pc_err *err)
{
    struct file_writer *w = PC_BLOBS_SELF(struct file_writer, base);
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(w->fd, at, len);
        if (n < 0 && errno != EINTR)
            return fail_errno(errno, "write", err);
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return PC_OK;
}

/* Opens the folder `name` in `at`, or returns -1 with errno set. When created is not NULL, a
 * missing folder is created, and *created says so; ENOENT then means that another thread or process
 * removed it, or `at` itself, just now. */
static int open_folder(int at, const char *name, bool *created)
{
    int fd = openat(at, name, FOLDER_FLAGS);
    if (fd >= 0 || errno != ENOENT || !created)
        return fd;
    *created = true;
    return make_folder(at, name) < 0 ? -1 : openat(at, name, FOLDER_FLAGS);
}

struct folders { /* the two above a blob */
    int outer, inner;
    bool created_outer, created_inner;
};

static void close_folders(const struct folders *f)
{
    int os = errno;
    close_if_open(f->inner);
    close_if_open(f->outer);
    errno = os;
}

/* When true, close_folders must follow; else errno is set. */
static bool open_folders_of(struct file_store *s, const struct location *p, bool create,
                            struct folders *f)
{
    *f = (struct folders){.inner = -1};
    f->outer = open_folder(s->root, p->outer, create ? &f->created_outer : NULL);
    if (f->outer >= 0)
        f->inner = open_folder(f->outer, p->inner, create ? &f->created_inner : NULL);
    if (f->inner >= 0)
        return true;
    close_folders(f);
    return false;
}

/* Moves a file from tmp into its folders, which it opens for f. A remove may take away an empty
 * folder between the opening and the rename, which then fails with ENOENT: the next round makes the
 * folder anew. Rounds are limited because tmp or the file may be what is gone. Returns errno. */
static int move_into_folders(struct file_store *s, const char *tmp_name, const struct location *p,
                             struct folders *f)
{
    for (int round = 0; round < MOVE_ROUNDS; round++) {
        if (open_folders_of(s, p, true, f)) {
            if (renameat(s->tmp, tmp_name, f->inner, p->name) == 0)
                return 0;
            close_folders(f);
        }
        if (errno != ENOENT)
            return errno;
    }
    return EIO;
}

/* Renames a file that is synced and closed from tmp to where its key belongs. */
static enum pc_code publish(struct file_store *s, const char *tmp_name, const char *key,
                            struct pc_err *err)
{
    struct location p = location_of(key);
    struct folders f;
    enum pc_code rc = PC_OK;
    int os = move_into_folders(s, tmp_name, &p, &f);
    if (os)
        return fail_errno(os, "moving a file to its folder", err);
    /* All syncs come after the rename, so that a journalling file system writes once for all. */
    if (fsync(f.inner) < 0 || (f.created_inner && fsync(f.outer) < 0) ||
        (f.created_outer && fsync(s->root) < 0))
        rc = fail_errno(errno, "syncing a folder", err);
    close_folders(&f);
    return rc;
}

static enum pc_code file_commit(struct pc_blob_writer *base, const char *key, struct pc_err *err)
{
    struct file_writer *w = PC_BLOBS_SELF(struct file_writer, base);
    struct file_store *s = store_of(base->bs);
    int os = fdatasync(w->fd) < 0 ? errno : 0;
    if (close(w->fd) < 0 && !os && errno != EINTR)
        os = errno;
    enum pc_code rc = os ? fail_errno(os, "syncing a file", err) : PC_OK;
    if (!rc)
        rc = publish(s, w->name, key, err);
    if (rc)
        unlinkat(s->tmp, w->name, 0);
    free(w);
    return rc;
}

static void file_abort(struct pc_blob_writer *base)
{
    struct file_writer *w = PC_BLOBS_SELF(struct file_writer, base);
    close(w->fd);
    unlinkat(store_of(base->bs)->tmp, w->name, 0);
    free(w);
}

/* --- reading --- */

static enum pc_code file_read(struct pc_blobs *bs, const char *key, struct pc_blob_reader **out,
                              struct pc_err *err)
{
    struct location l = location_of(key);
    struct folders f;
    struct stat st;
    if (!open_folders_of(store_of(bs), &l, false, &f))
        return fail_errno(errno, "opening a folder", err);
    int fd = openat(f.inner, l.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    close_folders(&f);
    if (fd < 0)
        return fail_errno(errno, "opening a file", err);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "%s is not a regular file", key);
    }
    *out = pc_xzalloc(sizeof **out);
    (*out)->fd = fd;
    (*out)->size = st.st_size;
    return PC_OK;
}

static enum pc_code file_read_at(struct pc_blob_reader *r, int64_t offset, void *data, size_t len,
                                 size_t *got, struct pc_err *err)
{
    ssize_t n;
    do {
        n = pread(r->fd, data, len, offset);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail_errno(errno, "read", err);
    if (n == 0)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "a file became shorter");
    *got = (size_t)n;
    return PC_OK;
}

static void file_close_reader(struct pc_blob_reader *r)
{
    close(r->fd);
    free(r);
}

static enum pc_code file_remove(struct pc_blobs *bs, const char *key, struct pc_err *err)
{
    struct location p = location_of(key);
    struct folders f;
    if (!open_folders_of(store_of(bs), &p, false, &f))
        return errno == ENOENT ? PC_OK : fail_errno(errno, "opening a folder", err);
    int os = unlinkat(f.inner, p.name, 0) < 0 ? errno : 0;
    /* Fails while anything is in the folder, so a blob that comes at this moment is safe. */
    if (unlinkat(f.outer, p.inner, AT_REMOVEDIR) == 0)
        unlinkat(store_of(bs)->root, p.outer, AT_REMOVEDIR);
    close_folders(&f);
    return os == 0 || os == ENOENT ? PC_OK : fail_errno(os, "removing a file", err);
}

/* --- walking --- */

struct walk {
    char prefix[PC_BLOB_KEY_MAX + 2]; /* flat */
    bool (*visit)(void *ctx, const char *key, int64_t size, int64_t modified_ms);
    void *ctx;
    bool more;
};

static int64_t modified_ms(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

static void visit_file(struct walk *w, int folder, const char *name)
{
    struct stat st;
    char key[PC_BLOB_KEY_MAX + 1];
    if (!pc_str_starts(name, w->prefix) || !pc_str_copy(key, sizeof key, name) ||
        fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return;
    for (char *c = key; *c; c++)
        if (*c == ',')
            *c = '/';
    if (pc_blob_key_valid(key))
        w->more = w->visit(w->ctx, key, st.st_size, modified_ms(&st));
}

static DIR *open_dir(int at, const char *name)
{
    int fd = openat(at, name, FOLDER_FLAGS);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        close_if_open(fd);
    return dir;
}

/* Enters folders with names of two characters down to `depth`. What was removed meanwhile is
 * skipped. A folder that turns out to be empty is removed. */
static void walk_folder(struct walk *w, int at, const char *name, int depth)
{
    DIR *dir = open_dir(at, name);
    if (!dir)
        return;
    struct dirent *entry;
    bool below_root = strlen(name) == 2, empty = true;
    while (w->more && (entry = readdir(dir))) {
        if (pc_str_eq(entry->d_name, ".") || pc_str_eq(entry->d_name, ".."))
            continue;
        empty = false;
        if (depth == 0)
            visit_file(w, dirfd(dir), entry->d_name);
        else if (strlen(entry->d_name) == 2)
            walk_folder(w, dirfd(dir), entry->d_name, depth - 1);
    }
    closedir(dir);
    if (below_root && w->more && (empty || depth > 0)) /* an outer one may be empty by now */
        unlinkat(at, name, AT_REMOVEDIR);
}

static enum pc_code file_walk(struct pc_blobs *bs, const char *prefix,
                              bool (*visit)(void *ctx, const char *key, int64_t size,
                                            int64_t modified_ms),
                              void *ctx, struct pc_err *err)
{
    (void)err;
    struct walk w = {.visit = visit, .ctx = ctx, .more = strlen(prefix) <= PC_BLOB_KEY_MAX};
    flatten(w.prefix, prefix);
    walk_folder(&w, store_of(bs)->root, ".", 2);
    return PC_OK;
}

static enum pc_code file_sweep(struct pc_blobs *bs, int64_t before_ms, int *dropped,
                               struct pc_err *err)
{
    DIR *dir = open_dir(store_of(bs)->tmp, ".");
    if (!dir)
        return fail_errno(errno == ENOENT ? EIO : errno, "opening tmp", err);
    struct dirent *entry;
    struct stat st;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.' &&
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            modified_ms(&st) < before_ms && unlinkat(dirfd(dir), entry->d_name, 0) == 0)
            (*dropped)++;
    closedir(dir);
    return PC_OK;
}

static enum pc_code file_ping(struct pc_blobs *bs, struct pc_err *err)
{
    struct file_store *s = store_of(bs);
    struct stat st;
    struct statvfs fs;
    if (fstat(s->tmp, &st) < 0 || fstatvfs(s->tmp, &fs) < 0 ||
        faccessat(s->tmp, ".", W_OK | X_OK, AT_EACCESS) < 0)
        return fail_errno(errno == ENOENT ? EIO : errno, "the blob folder", err);
    if (st.st_nlink == 0)
        return pc_fail_detail(err, PC_E_STORE_UNAVAILABLE, "the blob folder was removed");
    if (fs.f_bavail == 0)
        return pc_fail_detail(err, PC_E_STORE_FULL, "no free blocks");
    return PC_OK;
}

const struct pc_blobs_driver pc_blobs_file = {
    .scheme = "file:",
    .open = file_open,
    .close = file_close,
    .begin = file_begin,
    .write = file_write,
    .commit = file_commit,
    .abort = file_abort,
    .read = file_read,
    .read_at = file_read_at,
    .close_reader = file_close_reader,
    .remove = file_remove,
    .walk = file_walk,
    .sweep = file_sweep,
    .ping = file_ping,
};
