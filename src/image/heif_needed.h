/* What the primary image of a HEIC or AVIF file needs. For the heif*.c files only. Threads: one at a
 * time for each struct. */
#ifndef PC_IMAGE_HEIF_NEEDED_H
#define PC_IMAGE_HEIF_NEEDED_H

#include "base/mem.h"
#include "image/heif_file.h"

struct heif_needed_property {
    unsigned index; /* in file.properties */
    bool essential;
};

struct heif_needed_item {
    struct heif_item item;
    const struct heif_extent *extents;
    int n_extents;
    struct heif_needed_property properties[32];
    int n_properties;
    int *parts; /* what the image is made of: places in items, in their order */
    int n_parts;
    bool unfinished; /* its parts are being collected */
    int decodes;     /* how many coded images have to be decoded for it */
};

/* The colours of the primary image: at most one of each. */
struct heif_colour {
    const struct box *icc, *nclx; /* NULL: none */
};

struct heif_needed {
    struct heif_file file;
    struct pc_arena arena;
    struct heif_needed_item items[HEIF_MOST_ITEMS]; /* the primary image first */
    int n_items;
    int n_parts;        /* of all items */
    uint64_t bytes;     /* of all items */
    int alpha;          /* place of that image in items; 0: none */
    int exif, xmp;      /* places in items; 0: none */
    bool premultiplied; /* the colours, by alpha */
    struct heif_colour colour;
};

/* Fills a zeroed struct, which the caller gives to pc_heif_needed_finish also on failure. It borrows
 * from the bytes. Errors: image_corrupt, unsupported_format. */
PC_NODISCARD enum pc_code pc_heif_needed_collect(const void *bytes, size_t len,
                                                 struct heif_needed *out, struct pc_err *err);
void pc_heif_needed_finish(struct heif_needed *needed);

#endif
