#include "http/body/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

enum pc_text_encoding pc_text_encoding_of(const char *text, size_t len)
{
    unsigned char b[4] = {1, 1, 1, 1}; /* what is absent is no zero */
    memcpy(b, text, len < sizeof b ? len : sizeof b);
    bool little = b[0] == 0xff && b[1] == 0xfe, big = b[0] == 0xfe && b[1] == 0xff;
    if (len >= 4 && ((b[2] == 0 && b[3] == 0 && (little || b[1] == 0)) ||
                     (b[0] == 0 && b[1] == 0 && (b[2] == 0 || (b[2] == 0xfe && b[3] == 0xff)))))
        return PC_TEXT_UTF32;
    if (big || (b[0] == 0 && b[1] != 0 && len >= 2))
        return PC_TEXT_UTF16BE;
    return little || (b[0] != 0 && b[1] == 0) ? PC_TEXT_UTF16LE : PC_TEXT_UTF8;
}

size_t pc_text_mark(const char *text, size_t len)
{
    return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static void append_utf8(struct pc_buf *out, uint32_t c)
{
    if (c < 0x80) {
        pc_buf_putc(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    pc_buf_putc(out, (char)(lead[more] | c >> (6 * more)));
    while (more--)
        pc_buf_putc(out, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

bool pc_text_from_utf16(struct pc_buf *out, const char *text, size_t len, bool big_endian)
{
    const unsigned char *b = (const unsigned char *)text;
    uint32_t high = 0; /* the first half of a surrogate pair */
    for (size_t i = 0; i + 1 < len; i += 2) {
        uint32_t c = (uint32_t)(big_endian ? b[i] << 8 | b[i + 1] : b[i + 1] << 8 | b[i]);
        bool low_half = c >= 0xdc00 && c < 0xe000;
        if (low_half != (high != 0))
            return false;
        if (c >= 0xd800 && c < 0xdc00) {
            high = c;
            continue;
        }
        if (low_half)
            c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
        high = 0;
        if (c != 0xfeff || i)
            append_utf8(out, c);
    }
    return !high && len % 2 == 0;
}

void pc_text_from_windows_1252(struct pc_buf *out, const char *text, size_t len)
{
    static const uint16_t from_80[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        append_utf8(out, c >= 0x80 && c < 0xa0 ? from_80[c - 0x80] : c);
    }
}

/* Bytes of the white space that text begins with, as one character; 0: none. */
static size_t space_at(const char *text)
{
    static const char *const beyond_ascii[] = {
        "\xc2\xa0",     /* no-break space */
        "\xe2\x80\x8b", /* zero-width space */
        "\xe2\x80\xaf", /* narrow no-break space */
        "\xe2\x81\xa0", /* word joiner */
        "\xe3\x80\x80", /* ideographic space */
        "\xef\xbb\xbf", /* zero-width no-break space, which is the byte order mark */
    };
    if (*text && isspace((unsigned char)*text))
        return 1;
    for (size_t i = 0; i < sizeof beyond_ascii / sizeof *beyond_ascii; i++)
        if (strncmp(text, beyond_ascii[i], strlen(beyond_ascii[i])) == 0)
            return strlen(beyond_ascii[i]);
    return 0;
}

char *pc_text_trim(char *text)
{
    for (size_t n; (n = space_at(text)); text += n)
        ;
    char *end = text; /* behind the last character that is no white space */
    for (char *at = text; *at;) {
        size_t n = space_at(at);
        at += n ? n : 1;
        if (!n)
            end = at;
    }
    *end = 0;
    return text;
}

void pc_text_shorten(char *text, size_t max)
{
    if (strlen(text) <= max)
        return;
    text[max] = 0;
    pc_str_drop_partial_utf8(text);
}
