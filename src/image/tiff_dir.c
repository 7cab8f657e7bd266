#include "image/tiff_dir.h"

#include <string.h>

/* n bytes as a number; 0 when they are not there. */
static uint64_t get(const struct pc_tiff *t, uint64_t at, unsigned n)
{
    uint64_t v = 0;
    if (at > t->len || t->len - at < n)
        return 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | t->bytes[at + (t->big_endian ? i : n - 1 - i)];
    return v;
}

static unsigned entry_bytes(const struct pc_tiff *t)
{
    return t->is_big_tiff ? 20 : 12;
}

bool pc_tiff_begin(const void *bytes, size_t len, struct pc_tiff *out, uint64_t *first_dir)
{
    enum { BIG_TIFF = 43 };
    if (len < 8 || (memcmp(bytes, "II", 2) != 0 && memcmp(bytes, "MM", 2) != 0))
        return false;
    *out = (struct pc_tiff){.bytes = bytes, .len = len};
    out->big_endian = out->bytes[0] == 'M';
    out->is_big_tiff = get(out, 2, 2) == BIG_TIFF;
    *first_dir = out->is_big_tiff ? get(out, 8, 8) : get(out, 4, 4);
    return true;
}

bool pc_tiff_dir_at(const struct pc_tiff *t, uint64_t at, struct pc_tiff_dir *out)
{
    unsigned count_bytes = t->is_big_tiff ? 8 : 2;
    if (at > t->len || t->len - at < count_bytes + entry_bytes(t))
        return false;
    uint64_t n = get(t, at, count_bytes), most = (t->len - at) / entry_bytes(t);
    *out = (struct pc_tiff_dir){.entries_at = at + count_bytes, .n = n < most ? n : most};
    return n > 0;
}

unsigned pc_tiff_value_bytes(const struct pc_tiff_entry *entry)
{
    static const uint8_t sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return entry->type < sizeof sizes ? sizes[entry->type] : 0;
}

bool pc_tiff_entry_at(const struct pc_tiff *t, const struct pc_tiff_dir *dir, uint64_t i,
                      struct pc_tiff_entry *out)
{
    uint64_t at = dir->entries_at + i * entry_bytes(t);
    unsigned room = t->is_big_tiff ? 8 : 4;
    if (at > t->len || t->len - at < entry_bytes(t))
        return false;
    *out = (struct pc_tiff_entry){.tag = (unsigned)get(t, at, 2),
                                  .type = (unsigned)get(t, at + 2, 2),
                                  .count = get(t, at + 4, room),
                                  .at = at + 4 + room};
    unsigned size = pc_tiff_value_bytes(out);
    if (size > 0 && out->count > room / size)
        out->at = get(t, out->at, room);
    return true;
}

uint64_t pc_tiff_value(const struct pc_tiff *t, const struct pc_tiff_entry *entry, uint64_t i)
{
    enum { RATIONAL = 5, SRATIONAL = 10, FLOAT = 11, DOUBLE = 12 };
    unsigned size = pc_tiff_value_bytes(entry);
    bool is_whole = size > 0 && entry->type != PC_TIFF_ASCII && entry->type != RATIONAL &&
                    entry->type != SRATIONAL && entry->type != FLOAT && entry->type != DOUBLE;
    if (!is_whole || i >= entry->count || i > t->len)
        return 0;
    return get(t, entry->at + i * size, size);
}

uint64_t pc_tiff_next_dir(const struct pc_tiff *t, const struct pc_tiff_dir *dir)
{
    return get(t, dir->entries_at + dir->n * entry_bytes(t), t->is_big_tiff ? 8 : 4);
}
