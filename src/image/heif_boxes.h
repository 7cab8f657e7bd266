/* A cursor over bytes, and the boxes of ISO base media files (ISO/IEC 14496-12) on it. For the
 * heif_*.c files only. Nothing here allocates; a read over the end returns 0 and marks the cursor
 * as bad, so that callers look once, at their end.
 *
 * Threads: any; no state. */
#ifndef PC_IMAGE_HEIF_BOXES_H
#define PC_IMAGE_HEIF_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
    const uint8_t *at; /* borrows */
    size_t left;
    bool bad;
};

struct box {
    const uint8_t *type; /* 4 characters; borrows */
    struct cursor body;  /* behind size, type, and for uuid its 16 bytes */
};

/* The next n (up to 8) bytes, high byte first. */
static inline uint64_t read_be(struct cursor *c, unsigned n)
{
    uint64_t v = 0;
    if (c->bad || n > c->left) {
        c->bad = true;
        return 0;
    }
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | c->at[i];
    c->at += n;
    c->left -= n;
    return v;
}

static inline void skip_bytes(struct cursor *c, uint64_t n)
{
    c->bad |= n > c->left;
    if (c->bad)
        return;
    c->at += n;
    c->left -= (size_t)n;
}

/* Steps over a text and the 0 behind it. */
static inline void skip_text(struct cursor *c)
{
    const uint8_t *end = c->left ? memchr(c->at, 0, c->left) : NULL;
    c->bad |= !end;
    if (!c->bad)
        skip_bytes(c, (uint64_t)(end - c->at) + 1);
}

static inline bool is_type(const uint8_t *type, const char *name)
{
    return memcmp(type, name, 4) == 0;
}

/* Read to its end, and no further. */
static inline bool at_end(const struct cursor *c)
{
    return !c->bad && c->left == 0;
}

/* Takes the next box: false at the end, and with c->bad when its size is not right. open: size 0
 * ("to the end of the file") is allowed. */
bool pc_heif_next_box(struct cursor *c, bool open, struct box *out);

/* Takes version and flags of a full box and returns the version; one above last_version makes the cursor
 * bad. */
unsigned pc_heif_full_box(struct cursor *c, unsigned last_version);

/* What a reader does with a property of an image that it shows. */
enum heif_use {
    HEIF_KEEP,    /* decoding needs it */
    HEIF_DROP,    /* it does not, also where the property is essential; or its content is damaged */
    HEIF_DAMAGED, /* it does, and the content is damaged */
    HEIF_UNKNOWN
};
enum heif_use pc_heif_property_use(const struct box *property);

#endif
