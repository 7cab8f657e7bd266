#include "make_heif.h"

#include "image/heif.h"
#include "support.h"

static void put(struct pc_buf *out, uint64_t v, int bytes)
{
    while (bytes-- > 0)
        pc_buf_putc(out, (char)(v >> 8 * bytes & 0xff));
}

static size_t begin_box(struct pc_buf *out, const char *type)
{
    size_t start = out->len;
    put(out, 0, 4);
    pc_buf_append(out, type, 4);
    return start;
}

static void end_box(struct pc_buf *out, size_t start)
{
    size_t len = out->len - start;
    for (int i = 0; i < 4; i++)
        out->data[start + (size_t)i] = (char)(len >> 8 * (3 - i) & 0xff);
}

void make_box(const char *type, const void *body, size_t len, struct pc_buf *out)
{
    size_t box = begin_box(out, type);
    pc_buf_append(out, body, len);
    end_box(out, box);
}

static void put_items(const struct made_heif *m, struct pc_buf *out)
{
    int n = 0, id_bytes = m->wide ? 4 : 2;
    while (m->items[n].id)
        n++;
    size_t iinf = begin_box(out, "iinf");
    put(out, m->wide ? 1u << 24 : 0, 4);
    put(out, (uint64_t)n, id_bytes);
    for (int i = 0; i < n; i++) {
        const char *text = m->items[i].name_and_more;
        size_t infe = begin_box(out, "infe");
        put(out, (m->wide ? 3u : 2u) << 24, 4);
        put(out, (uint64_t)m->items[i].id, id_bytes);
        put(out, 0, 2);
        pc_buf_append(out, m->items[i].type, 4);
        for (int parts = text ? 2 : 1; parts > 0;
             parts--, text = text ? text + strlen(text) + 1 : 0)
            pc_buf_append(out, text ? text : "", text ? strlen(text) + 1 : 1);
        end_box(out, infe);
    }
    end_box(out, iinf);
}

/* data: where the bytes of the items of method 0 begin. */
static void put_places(const struct made_heif *m, size_t data, struct pc_buf *out)
{
    int n = 0;
    size_t in_file = data, in_idat = 0;
    while (m->items[n].id)
        n++;
    size_t iloc = begin_box(out, "iloc");
    put(out, (m->wide ? 2u : 1u) << 24, 4);
    put(out, 0x4444, 2);
    put(out, (uint64_t)n, m->wide ? 4 : 2);
    for (int i = 0; i < n; i++) {
        const struct made_item *it = &m->items[i];
        size_t *at = it->method == 0 ? &in_file : &in_idat;
        put(out, (uint64_t)it->id, m->wide ? 4 : 2);
        put(out, (uint64_t)it->method, 2);
        put(out, 0, 2);
        put(out, 0, 4); /* base */
        put(out, 1, 2);
        put(out, 1, 4); /* index */
        put(out, it->method == 2 ? 0 : *at, 4);
        put(out, it->data.len + (it->beyond_the_end ? 1 << 20 : 0), 4);
        if (it->method < 2)
            *at += it->data.len;
    }
    end_box(out, iloc);
}

static void put_properties(const struct made_heif *m, struct pc_buf *out)
{
    int n = 0;
    size_t iprp = begin_box(out, "iprp"), ipco = begin_box(out, "ipco");
    for (int p = 0; p < MADE_MOST && m->properties[p].data; p++)
        pc_buf_append(out, m->properties[p].data, m->properties[p].len);
    end_box(out, ipco);
    while (m->items[n].id)
        n++;
    size_t ipma = begin_box(out, "ipma");
    put(out, m->wide ? 1u << 24 | 1 : 0, 4);
    put(out, (uint64_t)n, 4);
    for (int i = 0; i < n; i++) {
        const int *list = m->items[i].properties;
        int count = 0;
        while (list[count])
            count++;
        put(out, (uint64_t)m->items[i].id, m->wide ? 4 : 2);
        put(out, (uint64_t)count, 1);
        for (int p = 0; p < count; p++) {
            uint64_t essential = m->wide ? 0x8000 : 0x80;
            put(out, list[p] < 0 ? essential | (uint64_t)-list[p] : (uint64_t)list[p],
                m->wide ? 2 : 1);
        }
    }
    end_box(out, ipma);
    end_box(out, iprp);
}

static void put_reference(const struct made_heif *m, const struct made_reference *r,
                          struct pc_buf *out)
{
    int n = 0, id_bytes = m->wide ? 4 : 2;
    while (n < 4 && r->to[n])
        n++;
    size_t box = begin_box(out, r->type);
    put(out, (uint64_t)r->from, id_bytes);
    put(out, (uint64_t)n, 2);
    for (int i = 0; i < n; i++)
        put(out, (uint64_t)r->to[i], id_bytes);
    end_box(out, box);
}

static void put_references(const struct made_heif *m, struct pc_buf *out)
{
    size_t iref = begin_box(out, "iref");
    put(out, m->wide ? 1u << 24 : 0, 4);
    for (int i = 0; i < MADE_MOST && m->references[i].type; i++)
        put_reference(m, &m->references[i], out);
    for (int i = 0; m->items[i].id; i++)
        if (m->items[i].method == 2)
            put_reference(m, &(struct made_reference){"iloc", m->items[i].id, {m->items[i].source}},
                          out);
    end_box(out, iref);
}

static void put_data(const struct made_heif *m, int method, struct pc_buf *out)
{
    for (int i = 0; m->items[i].id; i++)
        if (m->items[i].method == method)
            pc_buf_append(out, m->items[i].data.data, m->items[i].data.len);
}

static void put_meta(const struct made_heif *m, size_t data, struct pc_buf *out)
{
    size_t meta = begin_box(out, "meta");
    put(out, 0, 4);
    make_box("hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0", 25, out);
    size_t pitm = begin_box(out, "pitm");
    put(out, m->wide ? 1u << 24 : 0, 4);
    put(out, (uint64_t)m->primary, m->wide ? 4 : 2);
    end_box(out, pitm);
    put_items(m, out);
    put_places(m, data, out);
    put_properties(m, out);
    put_references(m, out);
    size_t idat = begin_box(out, "idat");
    put_data(m, 1, out);
    end_box(out, idat);
    pc_buf_append(out, m->in_meta.data, m->in_meta.len);
    end_box(out, meta);
}

static const char *find(const struct pc_buf *bytes, const char *type)
{
    const char *found = memmem(bytes->data, bytes->len, type, 4);
    return found ? found - 4 : NULL;
}

struct made_heif made_simple(const struct pc_buf *plain)
{
    const char *data = find(plain, "mdat") + 8;
    size_t len = (size_t)(plain->data + plain->len - data);
    return (struct made_heif){
        .brands = "avifavifmif1miaf",
        .primary = 1,
        .items = {{.id = 1, .type = "av01", .data = {data, len}, .properties = {-1, 2, 3, 4}}},
        .properties = {{find(plain, "av1C"), 12},
                       {find(plain, "ispe"), 20},
                       {find(plain, "pixi"), 16},
                       MADE_TEXT("\0\0\0\x13"
                                 "colrnclx\0\1\0\x0d\0\6\x80")},
    };
}

void make_heif(const struct made_heif *m, struct pc_buf *out)
{
    struct pc_buf measured = PC_BUF_INIT;
    size_t ftyp = begin_box(out, "ftyp");
    pc_buf_append(out, m->brands, 4);
    put(out, 0, 4);
    pc_buf_puts(out, m->brands + 4);
    end_box(out, ftyp);
    pc_buf_append(out, m->before_meta.data, m->before_meta.len);
    put_meta(m, 0, &measured);
    size_t header = m->long_mdat ? 16 : 8;
    put_meta(m, out->len + measured.len + header, out);
    pc_buf_finish(&measured);
    size_t mdat = begin_box(out, "mdat");
    put(out, 0, (int)header - 8);
    put_data(m, 0, out);
    uint64_t len = out->len - mdat;
    if (m->long_mdat) {
        out->data[mdat + 3] = 1;
        for (size_t i = 0; i < 8; i++)
            out->data[mdat + 8 + i] = (char)(len >> 8 * (7 - i) & 0xff);
    } else if (!m->open_mdat) {
        end_box(out, mdat);
    }
    pc_buf_append(out, m->behind.data, m->behind.len);
}

enum pc_code isolate_code(const struct pc_buf *bytes)
{
    struct pc_err err = PC_ERR_INIT;
    struct pc_buf out = PC_BUF_INIT;
    uint8_t *exact = malloc(bytes->len ? bytes->len : 1); /* so that ASan sees one byte too far */
    assert_non_null(exact);
    if (bytes->len)
        memcpy(exact, bytes->data, bytes->len);
    bool premultiplied;
    enum pc_code rc = pc_heif_isolate(exact, bytes->len, &out, &premultiplied, &err);
    assert_int_equal(rc == PC_OK, out.len > 0);
    pc_buf_finish(&out);
    free(exact);
    return rc;
}
