/* The few facts of an image's metadata that are used: orientation, creator and copyright.
 *
 * EXIF is a TIFF file in small. Only its first directory (IFD0) is looked at, so no chain can loop,
 * and neither GPS nor maker notes are ever touched. XMP is searched as text, IPTC by its records
 * (2:80 by-line, 2:116 copyright notice). Every read is checked against the block's end: bytes are
 * the users'. */
#include "image/metadata.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "image/tiff_dir.h"

enum { TAG_ORIENTATION = 0x0112, TAG_ARTIST = 0x013b, TAG_COPYRIGHT = 0x8298 };

/* Text as UTF-8 (what is not is dropped: old cameras wrote anything), trimmed, ends at a NUL. */
static void take_text(char out[256], const uint8_t *b, size_t len)
{
    if (out[0])
        return;
    char text[256];
    const uint8_t *nul = memchr(b, 0, len);
    size_t n = nul ? (size_t)(nul - b) : len;
    if (n >= sizeof text || !pc_str_is_utf8((const char *)b, n))
        return;
    memcpy(text, b, n);
    text[n] = 0;
    (void)pc_str_copy(out, 256, pc_str_trim(text));
}

void pc_exif_read(const uint8_t *bytes, size_t len, int *orientation, struct pc_credits *credits)
{
    struct pc_tiff tiff;
    struct pc_tiff_dir dir;
    struct pc_tiff_entry e;
    uint64_t ifd0;
    if (len >= 6 && !memcmp(bytes, "Exif\0\0", 6))
        bytes += 6, len -= 6;
    if (!pc_tiff_begin(bytes, len, &tiff, &ifd0) || !pc_tiff_dir_at(&tiff, ifd0, &dir))
        return;
    for (uint64_t i = 0; i < dir.n && pc_tiff_entry_at(&tiff, &dir, i, &e); i++) {
        /* As browsers do it: one SHORT, and the first of several. People see the original there. */
        uint64_t v = pc_tiff_value(&tiff, &e, 0);
        if (e.tag == TAG_ORIENTATION && *orientation == 0 && v >= 1 && v <= 8 &&
            e.type == PC_TIFF_SHORT && e.count == 1)
            *orientation = (int)v;
        bool is_text = e.type == PC_TIFF_ASCII && e.at < len && e.count <= len - e.at;
        if (is_text && e.tag == TAG_ARTIST)
            take_text(credits->creator, bytes + e.at, e.count);
        if (is_text && e.tag == TAG_COPYRIGHT)
            take_text(credits->rights, bytes + e.at, e.count);
    }
}

/* Text of the first list item within <name>..</name>. */
static void xmp_item(char out[256], const uint8_t *b, size_t len, const char *name)
{
    const uint8_t *end = b + len, *at = memmem(b, len, name, strlen(name));
    const uint8_t *li = at ? memmem(at, (size_t)(end - at), "<rdf:li", 7) : NULL;
    const uint8_t *from = li ? memchr(li, '>', (size_t)(end - li)) : NULL;
    const uint8_t *to = from ? memchr(from, '<', (size_t)(end - from)) : NULL;
    if (to && !memchr(from, '&', (size_t)(to - from))) /* entities: rare, better none than wrong */
        take_text(out, from + 1, (size_t)(to - from - 1));
}

void pc_xmp_read(const uint8_t *bytes, size_t len, struct pc_credits *credits)
{
    xmp_item(credits->creator, bytes, len, "<dc:creator");
    xmp_item(credits->rights, bytes, len, "<dc:rights");
}

void pc_iptc_read(const uint8_t *bytes, size_t len, struct pc_credits *credits)
{
    static const uint8_t by_line[] = {0x1c, 2, 80}, copyright[] = {0x1c, 2, 116};
    const uint8_t *const record[2] = {by_line, copyright};
    char *const out[2] = {credits->creator, credits->rights};
    for (int i = 0; i < 2; i++) {
        const uint8_t *at = memmem(bytes, len, record[i], 3);
        size_t left = at ? len - (size_t)(at - bytes) : 0;
        if (left < 5)
            continue;
        size_t n = (size_t)at[3] << 8 | at[4];
        if (n <= left - 5)
            take_text(out[i], at + 5, n);
    }
}

static void put(struct pc_buf *out, uint32_t v, int n)
{
    for (int i = 0; i < n; i++)
        pc_buf_putc(out, (char)(v >> 8 * i & 0xff));
}

void pc_exif_write(const struct pc_credits *credits, struct pc_buf *out)
{
    static const uint32_t tags[2] = {TAG_ARTIST, TAG_COPYRIGHT};
    const char *texts[2] = {credits->creator, credits->rights};
    uint32_t n = (texts[0][0] ? 1u : 0u) + (texts[1][0] ? 1u : 0u);
    uint32_t tail = 8 + 2 + 12 * n + 4; /* behind the directory, for texts of more than 4 bytes */
    if (n == 0)
        return;
    pc_buf_append(out, "Exif\0\0II*\0\10\0\0\0", 14);
    put(out, n, 2);
    for (int i = 0; i < 2; i++) {
        char short_text[4] = {0};
        uint32_t count = (uint32_t)strlen(texts[i]) + 1;
        if (count == 1)
            continue;
        put(out, tags[i], 2);
        put(out, PC_TIFF_ASCII, 2);
        put(out, count, 4);
        if (count <= 4) {
            memcpy(short_text, texts[i], count);
            pc_buf_append(out, short_text, 4);
        } else {
            put(out, tail, 4);
            tail += count;
        }
    }
    put(out, 0, 4); /* no further directory */
    for (int i = 0; i < 2; i++)
        if (strlen(texts[i]) >= 4)
            pc_buf_append(out, texts[i], strlen(texts[i]) + 1);
}
