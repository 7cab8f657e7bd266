#include "main/inputs.h"

#include <errno.h>
#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "base/str.h"
#include "fetch/fetch.h"
#include "fetch/url.h"
#include "image/image.h"

/* The folders of source below root. Without root the name of the folder that it lies in, "" if the
 * source does not say. Each part can be a file name. Gives. */
static char *dir_of(const char *source, bool is_url, const char *root)
{
    const char *from = is_url ? strstr(source, "://") + 3 : source;
    const char *end = from + (is_url ? strcspn(from, "?#") : strlen(from));
    while (end > from && end[-1] != '/')
        end--;
    if (root) {
        size_t len = strlen(root);
        while (len > 1 && root[len - 1] == '/') /* as nftw does */
            len--;
        from += len;
    } else { /* the last folder; of a URL not the host */
        const char *last = end > from ? end - 1 : from, *first = from;
        while (last > first && last[-1] != '/')
            last--;
        from = is_url && last == first ? end : last;
    }
    struct pc_buf dir = PC_BUF_INIT;
    char *parts = from < end ? pc_xstrndup(from, (size_t)(end - from)) : pc_xstrdup("");
    char *rest = parts;
    for (char *part; (part = strsep(&rest, "/")) != NULL;) {
        bool decoded = !is_url || pc_percent_decode(part);
        if (!*part || !decoded || strcmp(part, ".") == 0 || strcmp(part, "..") == 0)
            continue;
        pc_str_to_file_name(part);
        pc_buf_printf(&dir, "%s%s", dir.len ? "/" : "", part);
    }
    free(parts);
    return pc_buf_detach(&dir, NULL);
}

/* root: the folder that source was found in, or NULL. */
static void push(struct pc_inputs *in, const char *source, bool is_url, const char *root)
{
    if (in->n == in->cap) {
        in->cap = in->cap ? in->cap * 2 : 64;
        in->items = pc_xrealloc(in->items, (size_t)in->cap * sizeof *in->items);
    }
    in->items[in->n++] = (struct pc_input){
        .source = pc_xstrdup(source), .is_url = is_url, .dir = dir_of(source, is_url, root)};
}

static bool looks_like_image(const char *path)
{
    unsigned char head[PC_FORMAT_HEAD_BYTES];
    const char *dot = strrchr(path, '.');
    if (dot && pc_format_by_name(dot + 1))
        return true;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    size_t n = fread(head, 1, sizeof head, file);
    fclose(file);
    return pc_format_sniff(head, n) != PC_FORMAT_UNKNOWN;
}

static int by_source(const void *a, const void *b)
{
    return strcmp(((const struct pc_input *)a)->source, ((const struct pc_input *)b)->source);
}

/* nftw passes no context to its callback. Folders are walked before there are other threads. */
static struct pc_inputs *walked;
static const char *walked_root;

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder that cannot be read and a broken link become inputs too, so that they are reported as
 * failed and not silently skipped. */
static int visit(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    bool hidden = ftw->level > 0 && path[ftw->base] == '.';
    if (hidden)
        return kind == FTW_D ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
    bool file = (kind == FTW_F && S_ISREG(st->st_mode)) || (kind == FTW_SL && !is_folder(path));
    if (kind == FTW_DNR || (file && looks_like_image(path)))
        push(walked, path, false, walked_root);
    return FTW_CONTINUE;
}

static enum pc_code add_folder(struct pc_inputs *in, const char *path, struct pc_err *err)
{
    int first = in->n;
    walked = in;
    walked_root = path;
    if (nftw(path, visit, 32, FTW_PHYS | FTW_ACTIONRETVAL) != 0)
        return pc_fail(err, PC_E_FILE_UNREADABLE, "The folder %s cannot be read: %s.", path,
                       strerror(errno));
    qsort(in->items + first, (size_t)(in->n - first), sizeof *in->items, by_source);
    return PC_OK;
}

static enum pc_code add_glob(struct pc_inputs *in, const char *pattern, struct pc_err *err)
{
    glob_t found;
    int rc = glob(pattern, GLOB_BRACE | GLOB_TILDE, NULL, &found);
    if (rc != 0)
        return pc_fail(err, PC_E_FILE_UNREADABLE, "Nothing matches %s.", pattern);
    enum pc_code code = PC_OK;
    for (size_t i = 0; i < found.gl_pathc && !code; i++) {
        if (is_folder(found.gl_pathv[i]))
            code = add_folder(in, found.gl_pathv[i], err);
        else
            push(in, found.gl_pathv[i], false, NULL);
    }
    globfree(&found);
    return code;
}

enum pc_code pc_inputs_add(struct pc_inputs *in, const char *argument, struct pc_err *err)
{
    struct stat st;
    if (strncasecmp(argument, "http://", 7) == 0 || strncasecmp(argument, "https://", 8) == 0) {
        push(in, argument, true, NULL);
        return PC_OK;
    }
    if (stat(argument, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return add_folder(in, argument, err);
        push(in, argument, false, NULL);
        return PC_OK;
    }
    if (strpbrk(argument, "*?[{"))
        return add_glob(in, argument, err);
    return pc_fail(err, PC_E_FILE_UNREADABLE, "There is no file or folder %s.", argument);
}

enum pc_code pc_inputs_add_list(struct pc_inputs *in, const char *path, struct pc_err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;
    if (!file)
        return pc_fail(err, PC_E_FILE_UNREADABLE, "The list %s cannot be read.", path);
    while (getline(&line, &cap, file) > 0) {
        char *text = pc_str_trim(line);
        struct pc_err why = PC_ERR_INIT;
        if (*text && pc_inputs_add(in, text, &why))
            push(in, text, false, NULL); /* reading it fails and is reported; the others go on */
    }
    free(line);
    if (!is_stdin)
        fclose(file);
    return PC_OK;
}

/* --- names --- */

/* A file name has at most 255 bytes. The rest is for number, label, extension and the suffix of a
 * file that is being written. */
enum { NAME_BYTES = 160 };

static char *base_name(const struct pc_input *item)
{
    char name[NAME_BYTES + 1];
    if (item->is_url) {
        pc_fetch_url_file_name(item->source, name, sizeof name);
    } else {
        const char *slash = strrchr(item->source, '/');
        if (!pc_str_copy(name, sizeof name, slash ? slash + 1 : item->source))
            pc_str_drop_partial_utf8(name);
    }
    char *dot = strrchr(name, '.');
    if (dot && dot != name)
        *dot = 0;
    pc_str_to_file_name(name);
    return pc_xstrdup(*name ? name : "picture");
}

struct named_input {
    const char *name;
    int index;
};

static int by_name(const void *a, const void *b)
{
    const struct named_input *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->index - y->index;
}

static bool name_exists(const struct named_input *sorted, int n, const char *name)
{
    int lo = 0, hi = n - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2, order = strcmp(name, sorted[mid].name);
        if (order == 0)
            return true;
        if (order < 0)
            hi = mid - 1;
        else
            lo = mid + 1;
    }
    return false;
}

/* Of several sources with the same name, the first keeps it; the others get -2, -3, ..., except
 * names that another source has itself. With folders, a name is compared together with its
 * folder. */
void pc_inputs_assign_names(struct pc_inputs *in, bool with_folders)
{
    struct named_input *sorted = pc_xzalloc((size_t)in->n * sizeof *sorted);
    char **base = pc_xzalloc((size_t)in->n * sizeof *base);
    for (int i = 0; i < in->n; i++) {
        char *name = base_name(&in->items[i]);
        base[i] = pc_xasprintf("%s/%s", with_folders ? in->items[i].dir : "", name);
        free(name);
        sorted[i] = (struct named_input){base[i], i};
    }
    qsort(sorted, (size_t)in->n, sizeof *sorted, by_name);
    for (int i = 0, suffix = 1; i < in->n; i++) {
        bool again = i > 0 && strcmp(sorted[i].name, sorted[i - 1].name) == 0;
        char *name = again ? NULL : pc_xstrdup(sorted[i].name);
        for (suffix = again ? suffix : 1; !name;) {
            name = pc_xasprintf("%s-%d", sorted[i].name, ++suffix);
            if (name_exists(sorted, in->n, name)) {
                free(name);
                name = NULL;
            }
        }
        in->items[sorted[i].index].name = pc_xstrdup(strrchr(name, '/') + 1);
        free(name);
    }
    for (int i = 0; i < in->n; i++)
        free(base[i]);
    free(base);
    free(sorted);
}

void pc_inputs_finish(struct pc_inputs *in)
{
    for (int i = 0; i < in->n; i++) {
        free(in->items[i].source);
        free(in->items[i].name);
        free(in->items[i].dir);
    }
    free(in->items);
    *in = (struct pc_inputs){0};
}
