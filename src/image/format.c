/* Formats: their names, and how a file's first bytes tell them. */
#include "image/format.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name, *ext, *mime;
} formats[] = {
    [PC_FORMAT_UNKNOWN] = {"unknown", "bin", "application/octet-stream"},
    [PC_FORMAT_JPEG] = {"jpeg", "jpg", "image/jpeg"},
    [PC_FORMAT_PNG] = {"png", "png", "image/png"},
    [PC_FORMAT_WEBP] = {"webp", "webp", "image/webp"},
    [PC_FORMAT_GIF] = {"gif", "gif", "image/gif"},
    [PC_FORMAT_TIFF] = {"tiff", "tif", "image/tiff"},
    [PC_FORMAT_AVIF] = {"avif", "avif", "image/avif"},
    [PC_FORMAT_HEIC] = {"heic", "heic", "image/heic"},
    [PC_FORMAT_BMP] = {"bmp", "bmp", "image/bmp"},
};
enum { FORMAT_COUNT = sizeof formats / sizeof *formats, MAGIC_BYTES = 32 };

static bool starts(const uint8_t *b, size_t len, const char *magic, size_t n)
{
    return len >= n && memcmp(b, magic, n) == 0;
}

static bool is_one_of(const uint8_t *brand, const char *brands)
{
    for (; *brands; brands += 5)
        if (!memcmp(brand, brands, 4))
            return true;
    return false;
}

/* ISO base media: box length, "ftyp", major brand, version, compatible brands to the end of the box.
 * Of AVIF and HEIC, the major brand decides, and AVIF where only compatible ones say it. Generic
 * brands leave it open what the images are coded in. Files with a short header (mif3) have the brand
 * that tells it in the place of the version. */
static enum pc_format sniff_ftyp(const uint8_t *b, size_t len)
{
    size_t box = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
    size_t end = len < PC_FORMAT_HEAD_BYTES ? len : PC_FORMAT_HEAD_BYTES;
    bool heic = false;
    if (box >= 16 && box < end)
        end = box;
    size_t second = is_one_of(b + 8, "mif3 ") ? 12 : 16;
    for (size_t at = 8; at + 4 <= end; at = at == 8 ? second : at + 4) {
        if (is_one_of(b + at, "avif avis "))
            return PC_FORMAT_AVIF;
        heic |= is_one_of(b + at, "heic heix heim heis hevc hevx hevm hevs ");
        if (heic && at == 8)
            return PC_FORMAT_HEIC;
        heic |= is_one_of(b + at, "mif1 msf1 mif2 ");
    }
    return heic ? PC_FORMAT_HEIC : PC_FORMAT_UNKNOWN;
}

enum pc_format pc_format_sniff(const void *bytes, size_t len)
{
    const uint8_t *b = bytes;
    if (starts(b, len, "\xff\xd8\xff", 3))
        return PC_FORMAT_JPEG;
    if (starts(b, len, "\x89PNG\r\n\x1a\n", 8))
        return PC_FORMAT_PNG;
    if (len >= 12 && starts(b, len, "RIFF", 4) && !memcmp(b + 8, "WEBP", 4))
        return PC_FORMAT_WEBP;
    if (starts(b, len, "GIF87a", 6) || starts(b, len, "GIF89a", 6))
        return PC_FORMAT_GIF;
    if (starts(b, len, "II*\0", 4) || starts(b, len, "MM\0*", 4) || starts(b, len, "II+\0", 4) ||
        starts(b, len, "MM\0+", 4))
        return PC_FORMAT_TIFF;
    if (len >= 12 && !memcmp(b + 4, "ftyp", 4))
        return sniff_ftyp(b, len);
    if (starts(b, len, "BM", 2) && len >= 14 && !memcmp(b + 6, "\0\0\0\0", 4))
        return PC_FORMAT_BMP;
    return PC_FORMAT_UNKNOWN;
}

bool pc_format_is_hopeless(const void *bytes, size_t len)
{
    bool brands = len >= 12 && !memcmp((const uint8_t *)bytes + 4, "ftyp", 4);
    return len >= (brands ? PC_FORMAT_HEAD_BYTES : MAGIC_BYTES) && !pc_format_sniff(bytes, len);
}

const char *pc_format_name(enum pc_format f)
{
    return formats[f].name;
}

const char *pc_format_ext(enum pc_format f)
{
    return formats[f].ext;
}

const char *pc_format_mime(enum pc_format f)
{
    return formats[f].mime;
}

enum pc_format pc_format_by_name(const char *name)
{
    for (int f = PC_FORMAT_JPEG; f < FORMAT_COUNT; f++)
        if (!strcasecmp(name, formats[f].name) || !strcasecmp(name, formats[f].ext))
            return (enum pc_format)f;
    if (!strcasecmp(name, "heif"))
        return PC_FORMAT_HEIC;
    return PC_FORMAT_UNKNOWN;
}
