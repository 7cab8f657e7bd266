#include "base/percent.h"

#include <string.h>

void pc_percent_encode(struct pc_buf *out, const char *text, const char *keep)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";
    for (; *text; text++) {
        if (strchr(unreserved, *text) || strchr(keep, *text))
            pc_buf_putc(out, *text);
        else
            pc_buf_printf(out, "%%%02X", (unsigned char)*text);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20); /* lower case */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int pc_percent_byte(const char *text)
{
    int high = text[0] == '%' ? hex_digit(text[1]) : -1;
    int low = high < 0 ? -1 : hex_digit(text[2]);
    return low < 0 ? -1 : high * 16 + low;
}

bool pc_percent_decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int byte = pc_percent_byte(from);
        if (byte <= 0)
            return false;
        *to++ = (char)byte;
        from += 2;
    }
    *to = 0;
    return true;
}

void pc_percent_decode_lenient(struct pc_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int byte = i + 2 < len ? pc_percent_byte(text + i) : -1;
        pc_buf_putc(out, byte >= 0 ? (char)byte : text[i]);
        i += byte >= 0 ? 2 : 0;
    }
}
