#include "fetch/document.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* Copies what is looked at, so that it ends with a NUL and can be searched. */
static void copy_head(char head[PC_FETCH_DOCUMENT_MAX + 1], const char *text, size_t len)
{
    size_t n = len < PC_FETCH_DOCUMENT_MAX ? len : PC_FETCH_DOCUMENT_MAX;
    memcpy(head, text, n);
    head[n] = 0;
}

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static bool starts_ci(const char *text, const char *head)
{
    return strncasecmp(text, head, strlen(head)) == 0;
}

/* Behind white space, comments and the XML declaration; *declared says whether there was one. */
static const char *skip_prolog(const char *at, bool *declared)
{
    for (;;) {
        at = skip_space(at);
        const char *close = pc_str_starts(at, "<?") ? "?>" : pc_str_starts(at, "<!--") ? "-->" : "";
        *declared = *declared || starts_ci(at, "<?xml");
        const char *end = *close ? strstr(at, close) : NULL;
        if (!end)
            return at;
        at = end + strlen(close);
    }
}

/* The elements that pages begin with; many leave out <html>. */
static bool begins_page(const char *at)
{
    static const char *const tags[] = {"html", "head", "body", "title", "meta", "script", "style",
                                       "link", "base", "form", "div",   "h1",   "p",      "center"};
    if (starts_ci(at, "<!doctype html"))
        return true;
    for (size_t i = 0; *at == '<' && i < sizeof tags / sizeof *tags; i++)
        if (starts_ci(at + 1, tags[i]) && strchr(" \t\r\n/>", at[1 + strlen(tags[i])]))
            return true;
    return false;
}

enum pc_fetch_document pc_fetch_document_kind(const char *text, size_t len)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    char head[PC_FETCH_DOCUMENT_MAX + 1];
    bool declared = false;
    copy_head(head, text, len);
    const char *at = head + (pc_str_starts(head, byte_order_mark) ? 3 : 0);
    at = skip_prolog(at, &declared);
    if (begins_page(at))
        return PC_FETCH_WEB_PAGE;
    if (starts_ci(at, "<svg") || starts_ci(at, "<!doctype svg"))
        return PC_FETCH_NO_DOCUMENT;
    if (declared || (*at == '<' && isalpha((unsigned char)at[1])))
        return PC_FETCH_XML;
    const char *next = *at == '{' || *at == '[' ? skip_space(at + 1) : "";
    return *next && strchr("\"{}[]", *next) ? PC_FETCH_JSON : PC_FETCH_NO_DOCUMENT;
}

/* Copies one word that ends before one of the characters in ends. What else a stranger's document
 * says is not repeated in our messages. */
static bool copy_word(const char *at, const char *ends, char *code, size_t cap)
{
    size_t n = 0;
    while (isalnum((unsigned char)at[n]) || (at[n] && strchr("_.-", at[n])))
        n++;
    if (n == 0 || n >= cap || !at[n] || !strchr(ends, at[n]))
        return false;
    memcpy(code, at, n);
    code[n] = 0;
    return true;
}

bool pc_fetch_document_code(const char *text, size_t len, char *code, size_t cap)
{
    static const char *const names[] = {"<Code>",    "<code>",        "\"code\"",
                                        "\"Code\"",  "\"errorCode\"", "\"error_code\"",
                                        "\"error\"", "\"reason\""};
    char head[PC_FETCH_DOCUMENT_MAX + 1];
    copy_head(head, text, len);
    code[0] = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(head, names[i]);
        if (!at)
            continue;
        at = skip_space(at + strlen(names[i]));
        bool json = names[i][0] == '"';
        if (json)
            at = *at == ':' ? skip_space(at + 1) : "";
        const char *ends = !json ? "<" : *at == '"' ? "\"" : ",} \t\r\n";
        if (copy_word(at + (json && *at == '"'), ends, code, cap))
            return true;
    }
    return false;
}

bool pc_fetch_document_expired(const char *text, size_t len)
{
    char head[PC_FETCH_DOCUMENT_MAX + 1];
    copy_head(head, text, len);
    return strcasestr(head, "expired") != NULL;
}
