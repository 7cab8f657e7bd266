/* Formats of image files: their names, and how a file's first bytes tell them. Threads: safe. */
#ifndef PC_IMAGE_FORMAT_H
#define PC_IMAGE_FORMAT_H

#include <stddef.h>

enum pc_format {
    PC_FORMAT_UNKNOWN,
    PC_FORMAT_JPEG,
    PC_FORMAT_PNG,
    PC_FORMAT_WEBP,
    PC_FORMAT_GIF,
    PC_FORMAT_TIFF,
    PC_FORMAT_AVIF,
    PC_FORMAT_HEIC,
    PC_FORMAT_BMP
};

/* Looks at the magic bytes, 32 at most. The name of a file tells nothing. */
enum pc_format pc_format_sniff(const void *bytes, size_t len);
const char *pc_format_name(enum pc_format f); /* "jpeg" */
const char *pc_format_ext(enum pc_format f);  /* "jpg" */
const char *pc_format_mime(enum pc_format f); /* "image/jpeg" */
/* The format of that name or extension ("jpg", "jpeg", "png"), or PC_FORMAT_UNKNOWN. */
enum pc_format pc_format_by_name(const char *name);

#endif
