#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "connection.h"

static void answer(struct conn *c, int status, const char *headers, const char *body)
{
    char *text = pc_xasprintf("HTTP/1.1 %d Test\r\nContent-Length: %zu\r\n%s%s\r\n%s", status,
                              strlen(body), c->keep ? "" : "Connection: close\r\n", headers, body);
    conn_put_text(c, text);
    free(text);
}

static void on_ok(struct conn *c)
{
    answer(c, 200, "Content-Type: image/jpeg\r\n", "picture");
}

static void on_keep(struct conn *c)
{
    c->keep = true;
    on_ok(c);
}

static void on_echo(struct conn *c)
{
    answer(c, 200, "Content-Type: text/plain\r\n", c->request);
}

static void on_empty(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

static void on_empty_length(struct conn *c)
{
    answer(c, 200, "", "");
}

/* "/hop/3" -> 3 */
static int number_in(const char *target)
{
    const char *digits = strpbrk(target, "0123456789");
    return digits ? (int)strtol(digits, NULL, 10) : 0;
}

static void on_status(struct conn *c)
{
    answer(c, number_in(c->target), "", "some words");
}

static void on_redirect(struct conn *c)
{
    const char *to = strchr(c->target, '?');
    char *header = pc_xasprintf("Location: %s\r\nSet-Cookie: a=b\r\n", to ? to + 1 : "");
    answer(c, number_in(c->target), header, "moved");
    free(header);
}

static void on_loop(struct conn *c)
{
    answer(c, 302, "Location: /loop\r\n", "");
}

static void on_hop(struct conn *c)
{
    int left = number_in(c->target);
    char *header = pc_xasprintf("Location: /hop/%d\r\n", left - 1);
    if (left > 0)
        answer(c, 302, header, "");
    else
        on_ok(c);
    free(header);
}

static void on_bare_redirect(struct conn *c)
{
    answer(c, 302, "", "where to?");
}

static void on_chunked(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                     "4\r\npict\r\n3\r\nure\r\n0\r\n\r\n");
}

/* What a compressor for brotli makes of that many bytes: this one is not a dependency of the tests. */
static const unsigned char brotli_50000[] = {0x1f, 0x4f, 0xc3, 0xf8, 0x25, 0x00, 0xaa, 0x90,
                                             0xc3, 0x2a, 0x01, 0x46, 0x74, 0x60, 0x17, 0x00};
static const unsigned char brotli_20000000[] = {
    0xcf, 0xff, 0xff, 0x7f, 0xf8, 0x25, 0x00, 0xaa, 0x90, 0xc3, 0x2a, 0x01, 0x46, 0x74, 0xf6,
    0xfe, 0x5f, 0xfe, 0xb3, 0xc4, 0xe0, 0x97, 0x00, 0x88, 0xc3, 0x02, 0x00, 0x5d, 0x92, 0x18};

static void pack_brotli(size_t n, struct pc_buf *packed)
{
    if (n == 50000)
        pc_buf_append(packed, brotli_50000, sizeof brotli_50000);
    else if (n == 20000000)
        pc_buf_append(packed, brotli_20000000, sizeof brotli_20000000);
    else
        abort();
}

static void pack_zlib(const struct pc_buf *plain, int window_bits, struct pc_buf *packed)
{
    z_stream z = {0};
    uLong bound;
    if (deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    bound = deflateBound(&z, plain->len);
    pc_buf_reserve(packed, bound);
    z.next_in = (Bytef *)plain->data;
    z.avail_in = (uInt)plain->len;
    z.next_out = (Bytef *)packed->data;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    packed->len = z.total_out;
    deflateEnd(&z);
}

/* "/coded/CODING,BYTES": that many bytes, compressed. */
static void on_coded(struct conn *c)
{
    static const struct {
        const char *name, *label;
        int window_bits; /* zlib's: the form of the frame */
    } zlib_codings[] = {{"gzip", "gzip", 31},
                        {"x-gzip", "x-gzip", 31},
                        {"deflate", "deflate", 15},
                        {"raw-deflate", "deflate", -15}};
    char name[32], header[160];
    const char *coding = c->target + strlen("/coded/"), *label = name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(coding, ","), coding);
    size_t n = (size_t)strtoll(coding + strcspn(coding, ",") + 1, NULL, 10);
    struct pc_buf plain = PC_BUF_INIT, packed = PC_BUF_INIT;
    for (size_t i = 0; i < n; i++)
        pc_buf_putc(&plain, "picture"[i % 7]);
    for (size_t i = 0; i < sizeof zlib_codings / sizeof *zlib_codings; i++)
        if (strcmp(name, zlib_codings[i].name) == 0) {
            label = zlib_codings[i].label;
            pack_zlib(&plain, zlib_codings[i].window_bits, &packed);
        }
    if (strcmp(name, "br") == 0)
        pack_brotli(n, &packed);
    const struct pc_buf *sent = packed.len ? &packed : &plain;
    snprintf(header, sizeof header,
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n"
             "Content-Encoding: %s\r\n\r\n",
             sent->len, label);
    conn_put_text(c, header);
    conn_put(c, sent->data, sent->len);
    pc_buf_finish(&plain);
    pc_buf_finish(&packed);
}

/* A label without the coding: the body is plain. */
static void on_mislabelled(struct conn *c)
{
    char *header = pc_xasprintf("Content-Encoding: %s\r\n", c->target + strlen("/mislabelled/"));
    answer(c, 200, header, "picture");
    free(header);
}

/* Layers of compression, named in one header or in several. */
static void on_layers(struct conn *c)
{
    answer(c, 200,
           strchr(c->target, '2') ? "Content-Encoding: gzip\r\nContent-Encoding: br\r\n"
                                  : "Content-Encoding: gzip, deflate,gzip\r\n",
           "\x1f\x8b packed");
}

static void on_cookie(struct conn *c)
{
    if (strstr(c->request, "Cookie: visited=1"))
        on_ok(c);
    else
        answer(c, 302, "Location: /cookie\r\nSet-Cookie: visited=1; Path=/\r\n", "");
}

/* The first request of each target gets that status with the header behind '?', the second an
 * image: "/later/202?Retry-After:1&name". */
static void on_later(struct conn *c)
{
    if (!conn_first_request(c)) {
        on_ok(c);
        return;
    }
    const char *query = strchr(c->target, '?');
    const char *header = query ? query + 1 : "";
    int len = (int)strcspn(header, "&");
    char *lines = pc_xasprintf("%.*s%s", len, header, len ? "\r\n" : "");
    if (strcmp(lines, "date\r\n") == 0) {
        time_t at = time(NULL) + 5;
        struct tm utc;
        char date[64];
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &utc));
        free(lines);
        lines = pc_xasprintf("Retry-After: %s\r\n", date);
    }
    answer(c, number_in(c->target), lines, "");
    free(lines);
}

/* "/document/STATUS/NAME" */
static void on_document(struct conn *c)
{
    static const struct {
        const char *name, *headers, *text;
    } documents[] = {
        {"login", "Content-Type: image/jpeg\r\n",
         "\xef\xbb\xbf\n<!-- x --><!DOCTYPE html><title>Log in</title>"},
        {"s3", "Content-Type: application/xml\r\n",
         "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Request has "
         "expired</Message></Error>"},
        {"json", "Content-Type: application/json\r\n",
         "{\"error\": {\"code\": \"NoSuchFile\", \"message\": \"gone\"}}"},
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (strstr(c->target, documents[i].name))
            answer(c, number_in(c->target), documents[i].headers, documents[i].text);
}

static void on_range(struct conn *c)
{
    answer(c, 206,
           strstr(c->target, "whole") ? "Content-Range: bytes 0-6/7\r\n"
                                      : "Content-Range: bytes 0-6/99\r\n",
           "picture");
}

static void on_declared_large(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nfirst bytes");
}

static void pour(struct conn *c)
{
    static const char block[16384] = {'x'};
    while (conn_put(c, block, sizeof block))
        continue;
}

static void on_endless(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\n\r\n");
    pour(c);
}

static void on_endless_redirect(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n");
    pour(c);
}

static void on_endless_header(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\n");
    while (conn_put_text(c, "X-Filler: 0123456789012345678901234567890123456789\r\n"))
        continue;
}

/* One byte every 20 ms, for as long as the other side listens. */
static void drip(struct conn *c)
{
    while (conn_put(c, "x", 1))
        pc_clock_sleep_ms(20);
}

static void on_slow_header(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nX-Slow: ");
    drip(c);
}

static void on_slow_body(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\n\r\n");
    drip(c);
}

static void on_stall(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    conn_wait_for_hang_up(c);
}

static void on_short(struct conn *c)
{
    conn_put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
}

static void on_silent(struct conn *c)
{
    (void)c;
}

static void on_garbage(struct conn *c)
{
    conn_put_text(c, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
}

static const struct {
    const char *prefix;
    void (*handle)(struct conn *c);
} routes[] = {
    {"/ok", on_ok},
    {"/keep", on_keep},
    {"/echo", on_echo},
    {"/empty-length", on_empty_length},
    {"/empty", on_empty},
    {"/status/", on_status},
    {"/redirect/", on_redirect},
    {"/loop", on_loop},
    {"/hop/", on_hop},
    {"/bare-redirect", on_bare_redirect},
    {"/chunked", on_chunked},
    {"/coded/", on_coded},
    {"/mislabelled/", on_mislabelled},
    {"/layers/", on_layers},
    {"/cookie", on_cookie},
    {"/later/", on_later},
    {"/document/", on_document},
    {"/range/", on_range},
    {"/declared-large", on_declared_large},
    {"/endless-redirect", on_endless_redirect},
    {"/endless-header", on_endless_header},
    {"/endless", on_endless},
    {"/slow-header", on_slow_header},
    {"/slow-body", on_slow_body},
    {"/stall", on_stall},
    {"/short", on_short},
    {"/silent", on_silent},
    {"/garbage", on_garbage},
};

void conn_respond(struct conn *c)
{
    c->keep = false;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (pc_str_starts(c->target, routes[i].prefix)) {
            routes[i].handle(c);
            return;
        }
    answer(c, 404, "", "no such path");
}
