/* Items of a HEIC or AVIF file: finding them, their bytes, their references and properties. For the
 * heif_*.c files only.
 *
 * Everything borrows from the bytes of the file. Each function looks only at what it is asked for, so
 * damage elsewhere in the file does no harm.
 * Threads: one at a time for each struct. */
#ifndef PC_IMAGE_HEIF_FILE_H
#define PC_IMAGE_HEIF_FILE_H

#include "base/err.h"
#include "image/heif_boxes.h"

/* No real file comes near. They bound the time that a hostile one takes. */
enum {
    HEIF_MOST_ITEMS = 4096,
    HEIF_MOST_EXTENTS = 256,
    HEIF_MOST_PROPERTIES = 4096,
    HEIF_MOST_MAPS = 8
};

enum heif_part { HEIF_PITM, HEIF_IINF, HEIF_ILOC, HEIF_IPRP, HEIF_IREF, HEIF_IDAT, HEIF_PARTS };

struct heif_file {
    const uint8_t *bytes; /* borrows */
    size_t len;
    struct cursor part[HEIF_PARTS]; /* the boxes of meta; at == NULL: there is none */
    struct box properties[HEIF_MOST_PROPERTIES];
    unsigned n_properties;
    struct cursor maps[HEIF_MOST_MAPS]; /* ipma: which item has which properties */
    int n_maps;
};

struct heif_item {
    uint32_t id;
    const uint8_t *type;      /* 4 characters */
    const char *content_type; /* of a mime item, else "" */
};

struct heif_extent { /* offset from the first byte of the file */
    uint64_t offset, length;
};

struct heif_extents {
    struct heif_extent at[HEIF_MOST_EXTENTS];
    int n;
};

/* One reference box: `from` refers to the items in `to`, n of them. */
struct heif_reference {
    const uint8_t *type;
    uint32_t from;
    struct cursor to;
    uint64_t n;
    unsigned id_bytes;
};

/* Steps over all reference boxes: a zeroed one starts at the first. */
struct heif_reference_walk {
    struct cursor boxes;
    unsigned id_bytes;
    int seen;
};

/* Steps over the properties of one item, in their order: a zeroed one starts at the first. */
struct heif_property_walk {
    int maps; /* looked at */
    struct cursor indices;
    uint64_t left;
    unsigned index_bytes;
};

struct heif_property {
    unsigned index; /* in ipco, from 0 */
    bool essential;
    struct box box;
};

/* Finds the parts in the first meta box. What stands behind that box is not looked at. Errors:
 * image_corrupt; unsupported_format where there is a film or another kind of header instead. */
PC_NODISCARD enum pc_code pc_heif_file_open(const void *bytes, size_t len, struct heif_file *out,
                                            struct pc_err *err);

/* 0 when there is none. */
uint32_t pc_heif_file_primary(const struct heif_file *f);
bool pc_heif_file_find_item(const struct heif_file *f, uint32_t id, struct heif_item *out);
/* Where the item's bytes lie: all of it inside the file, and together no more than the file. False
 * when that is not so. */
bool pc_heif_file_locate(const struct heif_file *f, uint32_t id, struct heif_extents *out);
/* False at the end. */
bool pc_heif_file_next_reference(const struct heif_file *f, struct heif_reference_walk *w,
                                 struct heif_reference *out);
/* The next item that a reference refers to; false at the end. */
bool pc_heif_reference_next(struct heif_reference *r, uint32_t *id);
/* False at the end. *damaged is set when a property of the item does not exist. */
bool pc_heif_file_next_property(const struct heif_file *f, uint32_t id,
                                struct heif_property_walk *w, struct heif_property *out,
                                bool *damaged);

#endif
