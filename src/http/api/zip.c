#include "http/api/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { STEM_BYTES = 120, FIRST_CAPACITY = 256 };

/* --- the file --- */

struct pc_zip {
    struct archive *archive;
    struct pc_buf *out; /* NULL: thrown away */
    locale_t utf8;      /* libarchive reads names by the locale of the thread */
};

static la_ssize_t gather(struct archive *archive, void *ctx, const void *data, size_t len)
{
    struct pc_zip *zip = ctx;
    (void)archive;
    if (zip->out)
        pc_buf_append(zip->out, data, len);
    return (la_ssize_t)len;
}

static enum pc_code failed(const struct pc_zip *zip, const char *doing, struct pc_err *err)
{
    const char *why = archive_error_string(zip->archive);
    return pc_fail_detail(err, PC_E_INTERNAL, "%s: %s", doing, why ? why : "unknown");
}

static locale_t enter_locale(const struct pc_zip *zip)
{
    return zip->utf8 ? uselocale(zip->utf8) : (locale_t)0;
}

static void leave_locale(locale_t before)
{
    if (before)
        uselocale(before);
}

enum pc_code pc_zip_create(struct pc_buf *out, struct pc_zip **result, struct pc_err *err)
{
    struct pc_zip *zip = pc_xzalloc(sizeof *zip);
    zip->out = out;
    zip->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    zip->archive = archive_write_new();
    locale_t before = enter_locale(zip);
    enum pc_code rc = PC_OK;
    if (!zip->archive)
        rc = pc_fail_detail(err, PC_E_INTERNAL, "archive_write_new");
    else if (archive_write_set_format_zip(zip->archive) != ARCHIVE_OK ||
             archive_write_zip_set_compression_store(zip->archive) != ARCHIVE_OK ||
             archive_write_set_options(zip->archive, "zip:hdrcharset=UTF-8") != ARCHIVE_OK ||
             archive_write_set_bytes_per_block(zip->archive, 0) != ARCHIVE_OK ||
             archive_write_open(zip->archive, zip, NULL, gather, NULL) != ARCHIVE_OK)
        rc = failed(zip, "opening a zip", err);
    leave_locale(before);
    if (rc)
        pc_zip_destroy(zip);
    else
        *result = zip;
    return rc;
}

enum pc_code pc_zip_begin(struct pc_zip *zip, const char *name, int64_t size, int64_t modified_ms,
                          struct pc_err *err)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return pc_fail_detail(err, PC_E_INTERNAL, "archive_entry_new");
    locale_t before = enter_locale(zip);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, size);
    archive_entry_set_mtime(entry, (time_t)(modified_ms / 1000), 0);
    int result = archive_write_header(zip->archive, entry);
    leave_locale(before);
    archive_entry_free(entry);
    return result == ARCHIVE_OK ? PC_OK : failed(zip, name, err);
}

enum pc_code pc_zip_write(struct pc_zip *zip, const void *data, size_t len, struct pc_err *err)
{
    la_ssize_t written = archive_write_data(zip->archive, data, len);
    return written == (la_ssize_t)len ? PC_OK : failed(zip, "writing a member", err);
}

enum pc_code pc_zip_end(struct pc_zip *zip, struct pc_err *err)
{
    return archive_write_finish_entry(zip->archive) == ARCHIVE_OK
               ? PC_OK
               : failed(zip, "ending a member", err);
}

enum pc_code pc_zip_close(struct pc_zip *zip, struct pc_err *err)
{
    return archive_write_close(zip->archive) == ARCHIVE_OK ? PC_OK : failed(zip, "closing", err);
}

void pc_zip_destroy(struct pc_zip *zip)
{
    if (!zip)
        return;
    if (zip->archive) {
        zip->out = NULL; /* free closes; without the close libarchive would leak */
        archive_write_free(zip->archive);
    }
    if (zip->utf8)
        freelocale(zip->utf8);
    free(zip);
}

/* --- names --- */

void pc_zip_names_finish(struct pc_zip_names *names)
{
    free(names->seen);
    *names = (struct pc_zip_names){0};
}

static bool insert_hash(struct pc_zip_names *names, uint64_t h)
{
    size_t at = h & (names->cap - 1);
    while (names->seen[at] && names->seen[at] != h)
        at = (at + 1) & (names->cap - 1);
    if (names->seen[at])
        return false;
    names->seen[at] = h;
    names->n++;
    return true;
}

/* False: the name is taken. Names are told apart by their FNV-1a hash. If two have the same, the
 * second only gets a number. */
static bool claim_name(struct pc_zip_names *names, const char *name)
{
    uint64_t h = 14695981039346656037u;
    for (; *name; name++)
        h = (h ^ (unsigned char)tolower((unsigned char)*name)) * 1099511628211u;
    if (names->n * 2 >= names->cap) {
        struct pc_zip_names larger = {.cap = names->cap ? names->cap * 2 : FIRST_CAPACITY};
        larger.seen = pc_xzalloc(larger.cap * sizeof *larger.seen);
        for (size_t i = 0; i < names->cap; i++)
            if (names->seen[i])
                (void)insert_hash(&larger, names->seen[i]);
        free(names->seen);
        *names = larger;
    }
    return insert_hash(names, h ? h : 1);
}

/* In place: whatever a file system or a shell of any system might reject becomes "_". */
static void make_safe(char *name)
{
    bool utf8 = pc_str_is_utf8(name, strlen(name));
    for (char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f || strchr("/\\:*?\"<>|", *c) ||
            (!utf8 && (unsigned char)*c >= 0x80))
            *c = '_';
    if (*name == '.' || *name == '-')
        *name = '_';
}

/* Cuts the extension, and to STEM_BYTES at the end of a character. */
static void shorten(char *name)
{
    char *dot = strrchr(name, '.');
    if (dot && dot > name && strlen(dot) <= 5)
        *dot = 0;
    size_t n = strlen(name);
    if (n <= STEM_BYTES)
        return;
    for (n = STEM_BYTES; n && ((unsigned char)name[n] & 0xc0) == 0x80; n--)
        ;
    name[n] = 0;
}

char *pc_zip_names_add(struct pc_zip_names *names, const char *name, int64_t id, const char *shot,
                       const char *ext)
{
    char *stem = *name ? pc_xstrdup(name) : pc_xasprintf("%" PRId64, id);
    char *label = pc_xstrdup(shot);
    shorten(stem);
    make_safe(stem);
    make_safe(label);
    char *full = pc_xasprintf("%s-%s.%s", stem, label, ext);
    for (int n = 1; !claim_name(names, full); n++) {
        free(full);
        full = n == 1 ? pc_xasprintf("%s-%" PRId64 "-%s.%s", stem, id, label, ext)
                      : pc_xasprintf("%s-%" PRId64 "-%s-%d.%s", stem, id, label, n, ext);
    }
    free(stem);
    free(label);
    return full;
}
