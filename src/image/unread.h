/* Formats that are known by their first bytes and are not read: what to tell the user. Threads: safe. */
#ifndef PC_IMAGE_UNREAD_H
#define PC_IMAGE_UNREAD_H

#include <stddef.h>

#define PC_UNREAD_CAMERA_RAW                                                                       \
    "This is a camera raw file, which holds no finished image. Export it as JPEG or TIFF."

/* A sentence on the file's format and on what to send instead; NULL for a format that is read or not
 * known. 16 bytes are enough. */
const char *pc_unread_format(const void *bytes, size_t len);

#endif
