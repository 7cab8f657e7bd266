/* Directories of TIFF files, which EXIF blocks are too: a byte order, the offset of the first
 * directory, and in each directory entries of tag, type, count and values (or where those lie).
 * Classic and BigTIFF. Allocates nothing, and reads nothing outside the bytes. Private to src/image.
 * Threads: safe. */
#ifndef PC_IMAGE_TIFF_DIR_H
#define PC_IMAGE_TIFF_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PC_TIFF_BYTE = 1, PC_TIFF_ASCII, PC_TIFF_SHORT, PC_TIFF_LONG };

struct pc_tiff {
    const uint8_t *bytes; /* borrows */
    size_t len;
    bool big_endian, is_big_tiff;
};

struct pc_tiff_dir {
    uint64_t entries_at, n;
};

struct pc_tiff_entry {
    unsigned tag, type;
    uint64_t count, at; /* at: where the values lie */
};

/* Fills out and the offset of the first directory. False when the bytes do not begin as a TIFF. */
bool pc_tiff_begin(const void *bytes, size_t len, struct pc_tiff *out, uint64_t *first_dir);

/* False when no directory can lie there. Its entries may still reach beyond the end. */
bool pc_tiff_dir_at(const struct pc_tiff *tiff, uint64_t at, struct pc_tiff_dir *out);

/* Fills out with entry i, i < dir->n. False when it is not whole. */
bool pc_tiff_entry_at(const struct pc_tiff *tiff, const struct pc_tiff_dir *dir, uint64_t i,
                      struct pc_tiff_entry *out);

/* The size of one value; 0 for a type that is not known. */
unsigned pc_tiff_value_bytes(const struct pc_tiff_entry *entry);

/* Value i of an entry of whole numbers; 0 for other types, and for what is not there. */
uint64_t pc_tiff_value(const struct pc_tiff *tiff, const struct pc_tiff_entry *entry, uint64_t i);

/* The offset of the directory that follows, 0 when there is none. */
uint64_t pc_tiff_next_dir(const struct pc_tiff *tiff, const struct pc_tiff_dir *dir);

#endif
