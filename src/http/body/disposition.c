#include "http/body/disposition.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/percent.h"
#include "base/str.h"
#include "http/body/text.h"
#include "http/headers.h"

/* Appends bytes of a charset, of which len bytes are the name, as UTF-8. False when it is unknown.
 * Bytes that claim to be UTF-8 are not checked yet: a character may go on in the next piece. */
static bool append_from(struct pc_buf *out, const char *charset, size_t len, const char *bytes,
                        size_t n)
{
    static const struct {
        const char *name;
        bool utf8;
    } charsets[] = {{"utf-8", true},       {"utf8", true},          {"us-ascii", true},
                    {"iso-8859-1", false}, {"windows-1252", false}, {"latin1", false}};
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        if (strlen(charsets[i].name) != len || strncasecmp(charsets[i].name, charset, len) != 0)
            continue;
        if (charsets[i].utf8)
            pc_buf_append(out, bytes, n);
        else
            pc_text_from_windows_1252(out, bytes, n);
        return true;
    }
    return false;
}

/* --- RFC 8187 and RFC 2231 --- */

/* Appends the percent-encoded text, decoded, from the charset of len bytes. */
static bool append_percent(struct pc_buf *out, const char *charset, size_t len, const char *text)
{
    struct pc_buf bytes = PC_BUF_INIT;
    pc_buf_puts(&bytes, text);
    bool ok = !bytes.len || (pc_percent_decode(bytes.data) &&
                             append_from(out, charset, len, bytes.data, strlen(bytes.data)));
    pc_buf_finish(&bytes);
    return ok;
}

/* The value of name*=charset'language'text, or of its pieces name*0*=, name*1=, ... Gives; NULL
 * when there is none, or it cannot be read. */
static char *extended(const char *header, const char *name)
{
    struct pc_buf out = PC_BUF_INIT;
    char key[32], *first = NULL;
    const char *charset = "utf-8";
    size_t charset_len = strlen(charset);
    bool ok = true, whole = false;
    int pieces = 0;
    for (; ok && !whole && pieces < 100; pieces++) {
        bool encoded = true;
        snprintf(key, sizeof key, "%s*", name);
        char *value = pieces ? NULL : pc_header_param(header, key);
        whole = value != NULL;
        if (!value) {
            snprintf(key, sizeof key, "%s*%d*", name, pieces);
            value = pc_header_param(header, key);
        }
        if (!value) {
            key[strlen(key) - 1] = 0;
            value = pc_header_param(header, key);
            encoded = false;
        }
        if (!value)
            break;
        const char *text = value, *quote = strchr(value, '\'');
        const char *second = quote ? strchr(quote + 1, '\'') : NULL;
        if (pieces == 0 && encoded && second) {
            charset = value;
            charset_len = (size_t)(quote - value);
            text = second + 1;
        }
        if (encoded)
            ok = append_percent(&out, charset, charset_len, text);
        else
            pc_buf_puts(&out, text);
        if (pieces == 0)
            first = value; /* charset may point into it */
        else
            free(value);
    }
    free(first);
    if (ok && pieces)
        return pc_buf_detach(&out, NULL);
    pc_buf_finish(&out);
    return NULL;
}

/* --- RFC 2047 --- */

static bool append_quoted(struct pc_buf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char code[3] = {'%', text[i] == '=' && i + 2 < n ? text[i + 1] : 0,
                        text[i] == '=' && i + 2 < n ? text[i + 2] : 0};
        int byte = pc_percent_byte(code);
        if (text[i] == '=' && byte < 0)
            return false;
        pc_buf_putc(out, byte >= 0 ? (char)byte : text[i] == '_' ? ' ' : text[i]);
        i += byte >= 0 ? 2 : 0;
    }
    return true;
}

static bool append_base64(struct pc_buf *out, const char *text, size_t n)
{
    struct pc_base64_decoder decoder = {0};
    unsigned char *bytes;
    size_t got, last;
    pc_buf_reserve(out, n + 4);
    bytes = (unsigned char *)out->data + out->len;
    if (!pc_base64_decode(&decoder, text, n, bytes, &got) ||
        !pc_base64_decode_end(&decoder, bytes + got, &last))
        return false;
    out->len += got + last;
    out->data[out->len] = 0;
    return true;
}

/* Reads the word =?charset?B?text?= at at and appends it to out. Returns what follows it, or NULL
 * when there is no word that can be read. */
static const char *encoded_word(const char *at, struct pc_buf *out)
{
    if (strncmp(at, "=?", 2) != 0)
        return NULL;
    const char *charset = at + 2, *encoding = charset + strcspn(charset, "?");
    if (!*encoding || !encoding[1] || encoding[2] != '?')
        return NULL;
    const char *text = encoding + 3, *end = strstr(text, "?=");
    if (!end)
        return NULL;
    struct pc_buf bytes = PC_BUF_INIT;
    size_t n = (size_t)(end - text), name = strcspn(charset, "?*"); /* "*" begins a language */
    bool ok = (encoding[1] | 0x20) == 'b'   ? append_base64(&bytes, text, n)
              : (encoding[1] | 0x20) == 'q' ? append_quoted(&bytes, text, n)
                                            : false;
    ok = ok && append_from(out, charset, name, pc_buf_text(&bytes), bytes.len);
    pc_buf_finish(&bytes);
    return ok ? end + 2 : NULL;
}

/* --- names --- */

/* A plain value with encoded words and browsers' %22, %0D and %0A undone (a browser writes no other
 * percent code, so that all others are part of the name). */
static char *plain(const char *value)
{
    struct pc_buf out = PC_BUF_INIT;
    for (const char *at = value; *at;) {
        const char *next = encoded_word(at, &out);
        if (next) {
            const char *word = next + strspn(next, " \t"); /* none between two words */
            at = strncmp(word, "=?", 2) == 0 ? word : next;
            continue;
        }
        int byte = pc_percent_byte(at);
        bool escaped = byte == '"' || byte == '\r' || byte == '\n';
        pc_buf_putc(&out, escaped ? (char)byte : *at);
        at += escaped ? 3 : 1;
    }
    return pc_buf_detach(&out, NULL);
}

static char *read_name(const char *header, const char *name)
{
    char *text = extended(header, name);
    if (!text) {
        char *value = pc_header_param(header, name);
        text = value ? plain(value) : NULL;
        free(value);
    }
    if (!text || pc_str_is_utf8(text, strlen(text)))
        return text;
    struct pc_buf out = PC_BUF_INIT;
    pc_text_from_windows_1252(&out, text, strlen(text));
    free(text);
    return pc_buf_detach(&out, NULL);
}

char *pc_disposition_name(const char *header)
{
    return read_name(header, "name");
}

char *pc_disposition_file_name(const char *header)
{
    char *name = read_name(header, "filename");
    if (!name)
        return NULL;
    const char *last = name;
    for (char *at = name; *at; at++) {
        if (*at == '/' || *at == '\\')
            last = at + 1;
        else if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '_';
    }
    memmove(name, last, strlen(last) + 1);
    return name;
}
