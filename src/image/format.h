/* Formats of image files: their names, and how a file's first bytes tell them. Threads: safe. */
#ifndef PC_IMAGE_FORMAT_H
#define PC_IMAGE_FORMAT_H

#include <stdbool.h>
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

/* The first bytes of a file that may tell its format: AVIF and HEIC have a list of brands there. */
enum { PC_FORMAT_HEAD_BYTES = 1024 };

/* Looks at the first PC_FORMAT_HEAD_BYTES at most. The name of a file tells nothing. */
enum pc_format pc_format_sniff(const void *bytes, size_t len);
/* Are these first bytes of a file enough to know that pc_format_sniff returns PC_FORMAT_UNKNOWN,
 * whatever follows? */
bool pc_format_is_hopeless(const void *bytes, size_t len);
const char *pc_format_name(enum pc_format f); /* "jpeg" */
const char *pc_format_ext(enum pc_format f);  /* "jpg" */
const char *pc_format_mime(enum pc_format f); /* "image/jpeg" */
/* The format of that name or extension ("jpg", "jpeg", "png"), or PC_FORMAT_UNKNOWN. */
enum pc_format pc_format_by_name(const char *name);

#endif
