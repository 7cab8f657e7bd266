#include "http/body/base64.h"

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool pc_base64_feed(struct pc_base64 *d, const char *text, size_t len, unsigned char *out,
                    size_t *got)
{
    size_t n = 0;
    *got = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '=') {
            if (++d->pads > 2)
                return false;
            continue;
        }
        int v = sextet(text[i]);
        if (v < 0 || d->pads)
            return false;
        d->bits = d->bits << 6 | (uint32_t)v;
        if (++d->held < 4)
            continue;
        out[n++] = (unsigned char)(d->bits >> 16);
        out[n++] = (unsigned char)(d->bits >> 8);
        out[n++] = (unsigned char)d->bits;
        d->bits = 0;
        d->held = 0;
    }
    *got = n;
    return true;
}

bool pc_base64_end(struct pc_base64 *d, unsigned char *out, size_t *got)
{
    *got = 0;
    if (d->held == 1 || (d->pads && (d->held + d->pads) % 4 != 0))
        return false;
    if (d->held >= 2)
        out[(*got)++] = (unsigned char)(d->bits >> (d->held == 2 ? 4 : 10));
    if (d->held == 3)
        out[(*got)++] = (unsigned char)(d->bits >> 2);
    return true;
}
