#include "image/heif_boxes.h"

bool pc_heif_next_box(struct cursor *c, bool open, struct box *out)
{
    if (c->bad || c->left == 0)
        return false;
    const uint8_t *start = c->at;
    size_t room = c->left;
    uint64_t size = read_be(c, 4);
    out->type = c->at;
    skip_bytes(c, 4);
    if (size == 1)
        size = read_be(c, 8);
    else if (size == 0 && open)
        size = room;
    if (!c->bad && is_type(out->type, "uuid"))
        skip_bytes(c, 16);
    size_t header = (size_t)(c->at - start);
    c->bad |= size < header || size > room;
    if (c->bad)
        return false;
    out->body = (struct cursor){c->at, (size_t)size - header, false};
    skip_bytes(c, size - header);
    return true;
}

unsigned pc_heif_full_box(struct cursor *c, unsigned last_version)
{
    unsigned version = (unsigned)read_be(c, 1);
    read_be(c, 3);
    c->bad |= version > last_version;
    return version;
}
