/* Formats: their names, and how a file's first bytes tell them. */
#include "image/format.h"

#include <stdbool.h>
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
enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

static bool starts(const uint8_t *b, size_t len, const char *magic, size_t n)
{
    return len >= n && memcmp(b, magic, n) == 0;
}

/* ISO base media: box length, "ftyp", major brand, version, compatible brands. The generic brands
 * mif1 and msf1 leave it to the compatible ones what the images are coded in. */
static enum pc_format sniff_ftyp(const uint8_t *b, size_t len)
{
    static const char *const hevc[] = {"heic", "heix", "heim", "heis", "hevc", "hevx"};
    bool generic = false, heic = false;
    size_t end = len < 32 ? len : 32;
    for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
        if (!memcmp(b + at, "avif", 4) || !memcmp(b + at, "avis", 4))
            return PC_FORMAT_AVIF;
        generic |= !memcmp(b + at, "mif1", 4) || !memcmp(b + at, "msf1", 4);
        for (size_t i = 0; i < sizeof hevc / sizeof *hevc; i++)
            heic |= !memcmp(b + at, hevc[i], 4);
    }
    return heic || generic ? PC_FORMAT_HEIC : PC_FORMAT_UNKNOWN;
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
