#include "blobs/s3/xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/str.h"

enum { MAX_DEPTH = 8, NAME_MAX_BYTES = 64 };

struct parse {
    const struct pc_s3_xml_handler *handler;
    XML_Parser parser;
    struct pc_buf text;
    int depth;
    bool leaf; /* the open element has held no other so far */
    char names[MAX_DEPTH][NAME_MAX_BYTES];
};

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct parse *r = ctx;
    const char *colon = strrchr(name, ':');
    (void)attributes;
    if (r->depth == MAX_DEPTH) {
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    (void)pc_str_copy(r->names[r->depth++], NAME_MAX_BYTES, colon ? colon + 1 : name);
    pc_buf_clear(&r->text);
    r->leaf = true;
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct parse *r = ctx;
    (void)name;
    if (--r->depth < 0)
        return;
    if (r->leaf)
        r->handler->leaf(r->handler->ctx, r->depth > 0 ? r->names[r->depth - 1] : "",
                         r->names[r->depth], pc_buf_text(&r->text));
    else if (r->handler->end)
        r->handler->end(r->handler->ctx, r->names[r->depth]);
    r->leaf = false;
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
    struct parse *r = ctx;
    pc_buf_append(&r->text, text, (size_t)len);
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                       const XML_Char *public_id, int has_internal_subset)
{
    struct parse *r = ctx;
    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    XML_StopParser(r->parser, XML_FALSE);
}

bool pc_s3_xml_parse(const char *text, size_t len, const struct pc_s3_xml_handler *handler)
{
    struct parse r = {.handler = handler, .parser = XML_ParserCreate(NULL)};
    if (!r.parser || len > INT_MAX) {
        XML_ParserFree(r.parser);
        return false;
    }
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    bool well_formed = XML_Parse(r.parser, text, (int)len, XML_TRUE) == XML_STATUS_OK;
    XML_ParserFree(r.parser);
    pc_buf_finish(&r.text);
    return well_formed;
}

int64_t pc_s3_parse_time_ms(const char *text)
{
    struct tm utc = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
    if (!rest)
        return -1;
    int ms = 0, place = *rest == '.' ? 100 : 0;
    for (rest++; place > 0 && *rest >= '0' && *rest <= '9'; rest++, place /= 10)
        ms += (*rest - '0') * place;
    return (int64_t)timegm(&utc) * 1000 + ms;
}
