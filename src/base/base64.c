#include "base/base64.h"

#include <string.h>

void pc_base64_encode(struct pc_buf *out, const void *bytes, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = bytes;
    pc_buf_reserve(out, (len + 2) / 3 * 4);
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)in[i] << 16;
        v |= n > 1 ? (uint32_t)in[i + 1] << 8 : 0;
        v |= n > 2 ? (uint32_t)in[i + 2] : 0;
        char four[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63],
                        n > 1 ? alphabet[v >> 6 & 63] : '=', n > 2 ? alphabet[v & 63] : '='};
        pc_buf_append(out, four, sizeof four);
    }
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool pc_base64_decode(struct pc_base64_decoder *d, const char *text, size_t len, unsigned char *out,
                      size_t *got)
{
    size_t n = 0;
    *got = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] && strchr(" \t\r\n\f", text[i]))
            continue;
        if (text[i] == '=') {
            if (++d->n_padding > 2)
                return false;
            continue;
        }
        int value = value_of(text[i]);
        if (value < 0 || d->n_padding)
            return false;
        d->bits = d->bits << 6 | (uint32_t)value;
        if (++d->n_held < 4)
            continue;
        out[n++] = (unsigned char)(d->bits >> 16);
        out[n++] = (unsigned char)(d->bits >> 8);
        out[n++] = (unsigned char)d->bits;
        d->bits = 0;
        d->n_held = 0;
    }
    *got = n;
    return true;
}

bool pc_base64_decode_end(struct pc_base64_decoder *d, unsigned char *out, size_t *got)
{
    *got = 0;
    if (d->n_held == 1 || (d->n_padding && (d->n_held + d->n_padding) % 4 != 0))
        return false;
    if (d->n_held >= 2)
        out[(*got)++] = (unsigned char)(d->bits >> (d->n_held == 2 ? 4 : 10));
    if (d->n_held == 3)
        out[(*got)++] = (unsigned char)(d->bits >> 2);
    return true;
}
