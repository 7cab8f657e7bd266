/* BMP, decoded here: libvips has only ImageMagick for it, which users' bytes may not reach.
 *
 * Read are Windows headers of 40 bytes and more (info, V2 to V5) and the OS/2 header of 12 bytes;
 * rows bottom-up or top-down; 1, 2, 4 and 8 bits with a palette; 16, 24 and 32 bits, also with bit
 * fields. Everything else that is a BMP, such as run-length coding or an embedded JPEG or PNG, is
 * unsupported_format. A fourth channel counts as alpha only when bit fields name it; it is laid on
 * white. Source: Microsoft, "Bitmap Header Types".
 *
 * read_header checks each figure of the header against the file's length, and read_pixels checks
 * that all rows lie within the file. So the loops over rows only check indexes into the palette. */
#include <string.h>

#include "image/decoder.h"

enum { BI_RGB, BI_BITFIELDS = 3, BI_JPEG, BI_PNG, BI_ALPHABITFIELDS };

struct channel {
    uint32_t mask, max;
    int shift;
};

struct bmp {
    const uint8_t *rows; /* the first stored row */
    size_t stride, used; /* bytes a row, with and without its padding */
    int width, height, bits;
    bool top_down;
    struct channel ch[4]; /* red, green, blue, alpha; of 16 and 32 bits */
    const uint8_t *palette;
    size_t palette_n, palette_step;
};

static uint32_t le(const uint8_t *p, int n)
{
    uint32_t v = 0;
    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static uint32_t value_of(const struct channel *c, uint32_t pixel)
{
    return c->max
               ? (uint32_t)(((uint64_t)((pixel & c->mask) >> c->shift) * 255 + c->max / 2) / c->max)
               : 0;
}

static enum pc_code broken(struct pc_err *err, const char *what)
{
    return pc_fail_detail(err, PC_E_IMAGE_CORRUPT, "bmp: %s", what);
}

static void read_masks(struct bmp *m, const uint8_t *b, uint32_t head, uint32_t compression)
{
    static const uint32_t usual16[4] = {0x7c00, 0x03e0, 0x001f, 0},
                          usual32[4] = {0xff0000, 0xff00, 0xff, 0};
    const uint32_t *masks = m->bits == 16 ? usual16 : usual32;
    uint32_t given[4] = {0};
    if (compression != BI_RGB) {
        bool with_alpha = compression == BI_ALPHABITFIELDS || head >= 56;
        for (int i = 0; i < (with_alpha ? 4 : 3); i++)
            given[i] = le(b + 54 + 4 * i, 4);
        masks = given;
    }
    for (int i = 0; i < 4; i++) {
        struct channel *c = &m->ch[i];
        c->mask = c->max = masks[i];
        for (; c->max && !(c->max & 1); c->max >>= 1)
            c->shift++;
    }
}

static enum pc_code read_layout(struct bmp *m, const uint8_t *b, size_t len, uint32_t head,
                                uint32_t compression, struct pc_err *err)
{
    bool fields = compression == BI_BITFIELDS || compression == BI_ALPHABITFIELDS;
    size_t offset = le(b + 10, 4), header_end = 14 + (size_t)head;
    if (fields && ((m->bits != 16 && m->bits != 32) || len < 70))
        return broken(err, "bit fields");
    if (m->bits <= 8) { /* the palette is what fits between the header and the pixels */
        size_t end = offset < len ? offset : len, most = (size_t)1 << m->bits;
        m->palette = b + header_end;
        m->palette_step = head == 12 ? 3 : 4;
        size_t room = end > header_end ? (end - header_end) / m->palette_step : 0;
        m->palette_n = room < most ? room : most;
    } else if (m->bits != 24) {
        read_masks(m, b, head, compression);
    }
    m->used = ((size_t)m->width * (size_t)m->bits + 7) / 8;
    m->stride = (m->used + 3) / 4 * 4;
    if (offset < header_end || offset > len)
        return broken(err, "pixels lie outside the file");
    m->rows = b + offset;
    return PC_OK;
}

/* Why this kind of BMP is not read; NULL when it is. Comes before the other checks, which such files
 * need not pass: an embedded JPEG has 0 bits a pixel. */
static const char *unread_kind(uint32_t head, uint32_t compression, int bits)
{
    if (head == 16 || head == 64)
        return "A BMP of OS/2 2 is not read. Save it as a Windows BMP, PNG or JPEG.";
    if (compression == BI_JPEG || compression == BI_PNG)
        return "This BMP only wraps a JPEG or PNG, and is not read. Send that file itself.";
    if (compression != BI_RGB && compression != BI_BITFIELDS && compression != BI_ALPHABITFIELDS)
        return "A BMP with compressed pixels is not read. Save it without compression.";
    if (bits == 48 || bits == 64)
        return "A BMP with 16 bits a channel is not read. Save it with 8 bits a channel.";
    return NULL;
}

static enum pc_code read_header(struct bmp *m, const uint8_t *b, size_t len, struct pc_err *err)
{
    uint32_t head = len >= 54 ? le(b + 14, 4) : 0;
    uint32_t compression = head >= 40 ? le(b + 30, 4) : BI_RGB;
    int bits = head ? (int)le(b + (head == 12 ? 24 : 28), 2) : 0;
    const char *unread = head ? unread_kind(head, compression, bits) : NULL;
    if (unread)
        return pc_fail(err, PC_E_UNSUPPORTED_FORMAT, "%s", unread);
    if ((head != 12 && head < 40) || head > 4096 || len < 14 + (size_t)head)
        return broken(err, "header");
    bool os2 = head == 12;
    int64_t w = os2 ? (int32_t)le(b + 18, 2) : (int32_t)le(b + 18, 4);
    int64_t h = os2 ? (int32_t)le(b + 20, 2) : (int32_t)le(b + 22, 4);
    m->bits = bits;
    m->top_down = h < 0;
    h = h < 0 ? -h : h;
    if (w <= 0 || h <= 0 || w > 1 << 20 || h > 1 << 20)
        return broken(err, "size");
    if (!(m->bits == 1 || m->bits == 2 || m->bits == 4 || m->bits == 8 || m->bits == 16 ||
          m->bits == 24 || m->bits == 32))
        return broken(err, "bits a pixel");
    m->width = (int)w;
    m->height = (int)h;
    return read_layout(m, b, len, head, compression, err);
}

enum pc_code pc_bmp_read_header(const void *bytes, size_t len, struct pc_image_header *out,
                                struct pc_err *err)
{
    struct bmp m = {0};
    enum pc_code rc = read_header(&m, bytes, len, err);
    out->width = m.width;
    out->height = m.height;
    out->bands = 3;
    out->orientation = 1;
    out->alpha = m.ch[3].mask != 0;
    return rc;
}

static void row_of_palette(const struct bmp *m, const uint8_t *row, uint8_t *to)
{
    unsigned per_byte = 8 / (unsigned)m->bits, most = (1u << m->bits) - 1;
    for (unsigned x = 0; x < (unsigned)m->width; x++, to += 3) {
        unsigned shift = (per_byte - 1 - x % per_byte) * (unsigned)m->bits;
        size_t i = (unsigned)row[x / per_byte] >> shift & most;
        if (i >= m->palette_n) { /* a colour that the file does not hold: black */
            memset(to, 0, 3);
            continue;
        }
        const uint8_t *bgr = m->palette + i * m->palette_step;
        to[0] = bgr[2], to[1] = bgr[1], to[2] = bgr[0];
    }
}

static void row_of_masks(const struct bmp *m, const uint8_t *row, uint8_t *to)
{
    int step = m->bits / 8;
    for (int x = 0; x < m->width; x++, row += step, to += 3) {
        uint32_t pixel = le(row, step);
        uint32_t a = m->ch[3].mask ? value_of(&m->ch[3], pixel) : 255;
        for (int i = 0; i < 3; i++)
            to[i] = (uint8_t)((value_of(&m->ch[i], pixel) * a + 255 * (255 - a) + 127) / 255);
    }
}

enum pc_code pc_bmp_read_pixels(const void *bytes, size_t len, struct pc_raster *r,
                                struct pc_err *err)
{
    struct bmp m = {0};
    enum pc_code rc = read_header(&m, bytes, len, err);
    if (rc)
        return rc;
    size_t left = len - (size_t)(m.rows - (const uint8_t *)bytes);
    /* Some writers leave out the padding of the last row. */
    if (left < m.stride * (size_t)(m.height - 1) + m.used)
        return broken(err, "the file ends before its pixels do");
    for (int y = 0; y < m.height; y++) {
        const uint8_t *row = m.rows + m.stride * (size_t)(m.top_down ? y : m.height - 1 - y);
        uint8_t *to = r->px + (size_t)y * (size_t)m.width * 3;
        if (m.bits <= 8)
            row_of_palette(&m, row, to);
        else if (m.bits != 24)
            row_of_masks(&m, row, to);
        else
            for (int x = 0; x < m.width; x++, row += 3, to += 3)
                to[0] = row[2], to[1] = row[1], to[2] = row[0];
    }
    return PC_OK;
}
