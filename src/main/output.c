#include "main/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

static const char default_template[] = "{name}-{shot}.{ext}";

static const char *const placeholders[] = {"{name}", "{shot}", "{ext}", "{dir}"};
enum { NAME, SHOT, EXT, DIR, PLACEHOLDERS };

/* The placeholder that text begins with, or PLACEHOLDERS. */
static int placeholder_at(const char *text)
{
    int i = 0;
    while (i < PLACEHOLDERS && !pc_str_starts(text, placeholders[i]))
        i++;
    return i;
}

static enum pc_code check_template(const char *text, struct pc_err *err)
{
    for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{'))
        if (placeholder_at(at) == PLACEHOLDERS)
            return pc_fail(err, PC_E_CONFIG,
                           "--name: there is no placeholder %.*s; known are {name}, {shot}, {ext} "
                           "and {dir}.",
                           (int)(strcspn(at, "}") < 40 ? strcspn(at, "}") + 1 : 40), at);
    for (int i = NAME; i <= SHOT; i++)
        if (!strstr(text, placeholders[i]))
            return pc_fail(err, PC_E_CONFIG,
                           "--name must contain %s, or files would overwrite each other.",
                           placeholders[i]);
    size_t len = strlen(text);
    if (text[0] == '/' || strstr(text, "..") || text[len - 1] == '/')
        return pc_fail(err, PC_E_CONFIG,
                       "--name must be a file name below the output folder, without .. in it.");
    return PC_OK;
}

bool pc_output_has_folders(const char *name)
{
    const char *dir = name ? strstr(name, placeholders[DIR]) : NULL;
    return dir && (dir == name || dir[-1] == '/') && dir[strlen(placeholders[DIR])] == '/';
}

/* mkdir -p of the folder that path lies in. */
static int make_parents(const char *path)
{
    char *copy = pc_xstrdup(path);
    int rc = 0;
    for (char *slash = strchr(copy + 1, '/'); slash && !rc; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        rc = mkdir(copy, 0777) != 0 && errno != EEXIST ? errno : 0;
        *slash = '/';
    }
    free(copy);
    return rc;
}

enum pc_code pc_output_open(struct pc_output *out, const char *dir, const char *name,
                            const char *json, int n, struct pc_err *err)
{
    *out = (struct pc_output){.n = n};
    enum pc_code rc = check_template(name ? name : default_template, err);
    if (rc)
        return rc;
    char *folder = pc_xasprintf("%s/.", dir);
    int failed = make_parents(folder);
    free(folder);
    if (failed)
        return pc_fail(err, PC_E_CONFIG, "The folder %s cannot be created: %s.", dir,
                       strerror(failed));
    if (json)
        out->manifest = strcmp(json, "-") == 0 ? stdout : fopen(json, "we");
    if (json && !out->manifest)
        return pc_fail(err, PC_E_CONFIG, "The manifest %s cannot be written: %s.", json,
                       strerror(errno));
    out->dir = pc_xstrdup(dir);
    out->name_template = pc_xstrdup(name ? name : default_template);
    out->pending = pc_xzalloc((size_t)n * sizeof *out->pending);
    pthread_mutex_init(&out->lock, NULL);
    return PC_OK;
}

static char *fill_template(const struct pc_output *out, const struct pc_input *in, const char *shot,
                           const char *ext)
{
    const char *const values[PLACEHOLDERS] = {
        [NAME] = in->name, [SHOT] = shot, [EXT] = ext, [DIR] = in->dir};
    struct pc_buf path = PC_BUF_INIT;
    pc_buf_printf(&path, "%s/", out->dir);
    for (const char *at = out->name_template; *at;) {
        int i = placeholder_at(at);
        bool needless = *at == '/' && path.data[path.len - 1] == '/'; /* behind an empty {dir} */
        if (i < PLACEHOLDERS)
            pc_buf_puts(&path, values[i]);
        else if (!needless)
            pc_buf_putc(&path, *at);
        at += i < PLACEHOLDERS ? strlen(placeholders[i]) : 1;
    }
    return pc_buf_detach(&path, NULL);
}

/* Writes to a temporary name and renames, so that nobody sees a partial file. */
static enum pc_code write_file(const char *path, const struct pc_buf *bytes, struct pc_err *err)
{
    char suffix[13];
    pc_random_hex(suffix, sizeof suffix - 1);
    char *part = pc_xasprintf("%s.%s.part", path, suffix);
    int failed = make_parents(path);
    FILE *file = failed ? NULL : fopen(part, "wbe");
    if (!failed && !file)
        failed = errno;
    if (file && fwrite(bytes->data, 1, bytes->len, file) != bytes->len)
        failed = errno;
    if (file && fclose(file) != 0 && !failed)
        failed = errno;
    if (!failed && rename(part, path) != 0)
        failed = errno;
    if (failed)
        unlink(part);
    free(part);
    return failed ? pc_fail_detail(err, PC_E_FILE_UNWRITABLE, "%s: %s", path, strerror(failed))
                  : PC_OK;
}

static void remove_written(char *files[], int n)
{
    for (int i = 0; i < n; i++) {
        if (files[i])
            unlink(files[i]);
        free(files[i]);
        files[i] = NULL;
    }
}

enum pc_code pc_output_write(struct pc_output *out, const struct pc_input *in,
                             const struct pc_pipeline_result *result, char *files[],
                             struct pc_err *err)
{
    for (int i = 0; i < result->plan.n_shots; i++) {
        const struct pc_shot *shot = &result->plan.shots[i];
        char label[PC_SHOT_LABEL_BYTES];
        if (shot->state == PC_SHOT_ABSENT)
            continue;
        pc_shot_label(shot, label);
        const char *format = pc_recipe_format_name(shot->recipe->format);
        char *path = fill_template(out, in, label, pc_format_ext(pc_format_by_name(format)));
        enum pc_code rc = write_file(path, &result->files[i], err);
        if (rc) {
            free(path);
            remove_written(files, i);
            return rc;
        }
        files[i] = path;
    }
    if (result->overlay.len == 0)
        return PC_OK;
    char *path = fill_template(out, in, "overlay", "jpg");
    enum pc_code rc = write_file(path, &result->overlay, err);
    free(path);
    if (rc)
        remove_written(files, result->plan.n_shots);
    return rc;
}

static void print_line(struct pc_output *out, char *line)
{
    /* Flushed line by line, so that a reader of the pipe sees each image when it is done. */
    if ((fputs(line, out->manifest) < 0 || fputc('\n', out->manifest) < 0 ||
         fflush(out->manifest) != 0) &&
        !out->write_error)
        out->write_error = errno;
    free(line);
}

void pc_output_add_line(struct pc_output *out, int index, json_t *line)
{
    char *text = out->manifest ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(line);
    if (!text)
        return;
    pthread_mutex_lock(&out->lock);
    out->pending[index] = text;
    for (; out->next < out->n && out->pending[out->next]; out->next++) {
        print_line(out, out->pending[out->next]);
        out->pending[out->next] = NULL;
    }
    pthread_mutex_unlock(&out->lock);
}

enum pc_code pc_output_close(struct pc_output *out, struct pc_err *err)
{
    /* A run that was stopped leaves gaps; lines behind a gap are written all the same. */
    for (int i = out->next; out->manifest && i < out->n; i++)
        if (out->pending[i])
            print_line(out, out->pending[i]);
    if (out->manifest && out->manifest != stdout)
        fclose(out->manifest);
    pthread_mutex_destroy(&out->lock);
    free(out->pending);
    free(out->dir);
    free(out->name_template);
    return out->write_error ? pc_fail_detail(err, PC_E_FILE_UNWRITABLE, "manifest: %s",
                                             strerror(out->write_error))
                            : PC_OK;
}
