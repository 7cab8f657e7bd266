/* Writes HEIC and AVIF files with boxes as cameras and editors write them. */
#ifndef PC_TESTS_IMAGE_MAKE_HEIF_H
#define PC_TESTS_IMAGE_MAKE_HEIF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { MADE_MOST = 12 };

struct made_bytes { /* borrows */
    const void *data;
    size_t len;
};
#define MADE_TEXT(text) ((struct made_bytes){(text), sizeof(text) - 1})

struct made_item {
    int id;
    const char *type;          /* 4 characters */
    const char *name_and_more; /* behind the type in infe; NULL: an empty name */
    struct made_bytes data;
    int properties[8];   /* from 1; negative: essential; 0 ends the list */
    int method;          /* of iloc: 0 file, 1 idat, 2 in the item `source` */
    int source;          /* method 2: the id of the item whose first bytes these are */
    bool beyond_the_end; /* iloc says more than there is */
};

struct made_reference {
    const char *type;
    int from, to[4]; /* 0 ends the list */
};

struct made_heif {
    const char *brands; /* major brand, then the compatible ones */
    int primary;
    struct made_item items[MADE_MOST];              /* id 0 ends the list */
    struct made_bytes properties[MADE_MOST];        /* whole boxes; data NULL ends the list */
    struct made_reference references[MADE_MOST];    /* type NULL ends the list */
    struct made_bytes before_meta, in_meta, behind; /* whole boxes, or rubbish behind the file */
    bool wide;      /* item ids of 4 bytes and property numbers of 15 bits, in all boxes */
    bool open_mdat; /* mdat has the size 0, "to the end" */
    bool long_mdat; /* mdat has its size in 8 bytes */
};

/* Appends the file to out: ftyp, before_meta, meta, mdat, behind. */
void make_heif(const struct made_heif *made, struct pc_buf *out);

/* A file of the one image of tests/data/image/corpus/plain.avif and its four properties: av1C, ispe,
 * pixi, colr (sRGB as nclx). Borrows from plain. */
struct made_heif made_simple(const struct pc_buf *plain);

/* Appends a box to out. */
void make_box(const char *type, const void *body, size_t len, struct pc_buf *out);

/* What pc_heif_isolate returns for the file. */
enum pc_code isolate_code(const struct pc_buf *bytes);

#endif
