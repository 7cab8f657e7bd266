#include "image/unread.h"

#include <string.h>

#define MAGIC(text) (text), sizeof(text) - 1

static const char raw[] = PC_UNREAD_CAMERA_RAW;

static const struct {
    size_t at;
    const char *magic;
    size_t len;
    const char *words;
} formats[] = {
    {0, MAGIC("FUJIFILMCCD-RAW"), raw}, /* RAF */
    {0, MAGIC("IIU\0"), raw},           /* RW2, RWL */
    {0, MAGIC("IIRO"), raw},            /* ORF */
    {0, MAGIC("IIRS"), raw},
    {0, MAGIC("MMOR"), raw},
    {0, MAGIC("FOVb"), raw},                 /* X3F */
    {0, MAGIC("\0MRM"), raw},                /* MRW */
    {0, MAGIC("II\x1a\0\0\0HEAPCCDR"), raw}, /* CRW */
    {4, MAGIC("ftypcrx "), raw},             /* CR3 */
    {8, MAGIC("CR\2\0"), raw},               /* CR2, which is a TIFF */
    {8, MAGIC("CR\2\1"), raw},
    {13, MAGIC("waR"), raw}, /* IIQ, which is a TIFF */
    {8, MAGIC("MMMMRaw"), raw},
    {0, MAGIC("8BPS"), "This is a Photoshop document. Export it as JPEG or PNG."},
    {0, MAGIC("\xff\x0a"), "JPEG XL is not read. Save the image as JPEG or PNG."},
    {4, MAGIC("JXL \r\n\x87\n"), "JPEG XL is not read. Save the image as JPEG or PNG."},
    {4, MAGIC("jP  \r\n\x87\n"), "JPEG 2000 is not read. Save the image as JPEG or PNG."},
    {0, MAGIC("\xff\x4f\xff\x51"), "JPEG 2000 is not read. Save the image as JPEG or PNG."},
    {0, MAGIC("%PDF-"), "This is a PDF, not an image. Export its pages as JPEG or PNG."},
    {0, MAGIC("\0\0\1\0"), "This is an icon, not a photo. Save the image as JPEG or PNG."},
};

const char *pc_unread_format(const void *bytes, size_t len)
{
    const char *b = bytes;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (len < formats[i].at + formats[i].len ||
            memcmp(b + formats[i].at, formats[i].magic, formats[i].len) != 0)
            continue;
        return formats[i].words;
    }
    return NULL;
}
