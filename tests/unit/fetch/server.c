#include "server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "support.h"

enum { MAX_CONNECTIONS = 256, MAX_SEEN = 16, MAX_REQUEST = 32768, MAX_TARGET = 9000 };

struct conn {
    struct test_server *server;
    int fd;
    SSL *ssl;
    pthread_t thread;
    bool keep; /* set by a handler: wait for another request */
    char request[MAX_REQUEST];
    char target[MAX_TARGET];
};

struct test_server {
    int fd, port;
    SSL_CTX *tls;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int accepted, requests;
    struct conn *conns[MAX_CONNECTIONS];
    char *seen[MAX_SEEN]; /* targets of /later; the tests request one at a time */
    int n_seen;
};

static bool put(struct conn *c, const void *data, size_t len)
{
    if (atomic_load(&c->server->stopping))
        return false;
    if (c->ssl)
        return SSL_write(c->ssl, data, (int)len) == (int)len;
    return send(c->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool put_text(struct conn *c, const char *text)
{
    return put(c, text, strlen(text));
}

static void answer(struct conn *c, int status, const char *headers, const char *body)
{
    char *text = pc_xasprintf("HTTP/1.1 %d Test\r\nContent-Length: %zu\r\n%s%s\r\n%s", status,
                              strlen(body), c->keep ? "" : "Connection: close\r\n", headers, body);
    put_text(c, text);
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
    put_text(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
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

static const char *label_of(const char *name)
{
    return strcmp(name, "raw-deflate") == 0 ? "deflate" : name;
}

/* False for a coding that is none of these. */
static bool pack(const char *name, const struct pc_buf *plain, struct pc_buf *packed)
{
    static const struct {
        const char *name;
        int window_bits; /* zlib's: the form of the frame */
    } codings[] = {{"gzip", 31}, {"x-gzip", 31}, {"deflate", 15}, {"raw-deflate", -15}};
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        if (strcmp(name, codings[i].name) != 0)
            continue;
        z_stream z = {0};
        assert_int_equal(
            deflateInit2(&z, 9, Z_DEFLATED, codings[i].window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
        pc_buf_reserve(packed, deflateBound(&z, plain->len));
        z.next_in = (Bytef *)plain->data;
        z.avail_in = (uInt)plain->len;
        z.next_out = (Bytef *)packed->data;
        z.avail_out = (uInt)deflateBound(&z, plain->len);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        packed->len = z.total_out;
        deflateEnd(&z);
        return true;
    }
    return false;
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
    put_text(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                "4\r\npict\r\n3\r\nure\r\n0\r\n\r\n");
}

/* "/coded/CODING,BYTES" compresses that many bytes in that coding; "plain" sends them as they are. */
static void on_coded(struct conn *c)
{
    const char *coding = c->target + strlen("/coded/");
    char name[32], header[160];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(coding, ","), coding);
    size_t n = (size_t)strtoll(coding + strcspn(coding, ",") + 1, NULL, 10);
    struct pc_buf plain = PC_BUF_INIT, packed = PC_BUF_INIT;
    for (size_t i = 0; i < n; i++)
        pc_buf_putc(&plain, "picture"[i % 7]);
    bool known = pack(name, &plain, &packed);
    struct pc_buf *sent = known ? &packed : &plain;
    snprintf(header, sizeof header,
             "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n"
             "Content-Encoding: %s\r\n\r\n",
             sent->len, known ? label_of(name) : name);
    put_text(c, header);
    put(c, sent->data, sent->len);
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
    struct test_server *s = c->server;
    for (int i = 0; i < s->n_seen; i++)
        if (strcmp(s->seen[i], c->target) == 0) {
            on_ok(c);
            return;
        }
    if (s->n_seen == MAX_SEEN)
        abort();
    s->seen[s->n_seen++] = pc_xstrdup(c->target);
    const char *query = strchr(c->target, '?');
    char *header = pc_xstrdup(query ? query + 1 : "");
    header[strcspn(header, "&")] = 0;
    char *lines = pc_xasprintf("%s%s", header, *header ? "\r\n" : "");
    if (strcmp(header, "date") == 0) {
        time_t at = time(NULL) + 2;
        struct tm utc;
        char date[64];
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&at, &utc));
        free(lines);
        lines = pc_xasprintf("Retry-After: %s\r\n", date);
    }
    answer(c, number_in(c->target), lines, "");
    free(header);
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
    put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nfirst bytes");
}

static void pour(struct conn *c)
{
    static const char block[16384] = {'x'};
    while (put(c, block, sizeof block))
        continue;
}

static void on_endless(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\n\r\n");
    pour(c);
}

static void on_endless_redirect(struct conn *c)
{
    put_text(c, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n\r\n");
    pour(c);
}

static void on_endless_header(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\n");
    while (put_text(c, "X-Filler: 0123456789012345678901234567890123456789\r\n"))
        continue;
}

/* One byte every 20 ms, for as long as the other side listens. */
static void drip(struct conn *c)
{
    while (put(c, "x", 1))
        pc_clock_sleep_ms(20);
}

static void on_slow_header(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\nX-Slow: ");
    drip(c);
}

static void on_slow_body(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\n\r\n");
    drip(c);
}

static void wait_for_hang_up(struct conn *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLRDHUP};
    while (!atomic_load(&c->server->stopping) && poll(&p, 1, 50) == 0)
        continue;
}

static void on_stall(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    wait_for_hang_up(c);
}

static void on_short(struct conn *c)
{
    put_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
}

static void on_silent(struct conn *c)
{
    (void)c;
}

static void on_garbage(struct conn *c)
{
    put_text(c, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
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

static bool readable(struct conn *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    while (!atomic_load(&c->server->stopping))
        if (poll(&p, 1, 50) != 0)
            return true;
    return false;
}

static bool read_request(struct conn *c)
{
    size_t len = 0;
    while (len < sizeof c->request - 1) {
        if (!(c->ssl && SSL_pending(c->ssl)) && !readable(c))
            return false;
        size_t room = sizeof c->request - 1 - len;
        ssize_t n = c->ssl ? SSL_read(c->ssl, c->request + len, (int)room)
                           : recv(c->fd, c->request + len, room, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        c->request[len] = 0;
        if (c->request[0] == 0x16) { /* a TLS hello on the plain port */
            put_text(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            return false;
        }
        if (strstr(c->request, "\r\n\r\n"))
            return sscanf(c->request, "GET %8999s HTTP/1.1", c->target) == 1;
    }
    return false;
}

static void serve_request(struct conn *c)
{
    c->keep = false;
    atomic_fetch_add(&c->server->requests, 1);
    char *absolute = strstr(c->target, "://"); /* asked as a proxy */
    if (absolute && c->target[0] != '/') {
        char *path = strchr(absolute + 3, '/');
        memmove(c->target, path, strlen(path) + 1);
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (pc_str_starts(c->target, routes[i].prefix)) {
            routes[i].handle(c);
            return;
        }
    answer(c, 404, "", "no such path");
}

static void *run_conn(void *arg)
{
    struct conn *c = arg;
    if (c->server->tls) {
        c->ssl = SSL_new(c->server->tls);
        SSL_set_fd(c->ssl, c->fd);
        if (SSL_accept(c->ssl) != 1)
            goto out;
    }
    do {
        if (!read_request(c))
            break;
        serve_request(c);
    } while (c->keep);
out:
    SSL_free(c->ssl);
    shutdown(c->fd, SHUT_RDWR);
    return NULL;
}

static void *run_server(void *arg)
{
    struct test_server *s = arg;
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    while (!atomic_load(&s->stopping)) {
        if (poll(&p, 1, 20) <= 0)
            continue;
        struct conn *c = pc_xzalloc(sizeof *c);
        c->server = s;
        c->fd = accept(s->fd, NULL, NULL);
        int n = atomic_fetch_add(&s->accepted, 1);
        if (n >= MAX_CONNECTIONS)
            abort();
        s->conns[n] = c;
        if (pthread_create(&c->thread, NULL, run_conn, c))
            abort();
    }
    return NULL;
}

static SSL_CTX *make_tls(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME *name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1,
                               0);
    X509_set_issuer_name(cert, name);
    X509_sign(cert, key, EVP_sha256());
    SSL_CTX_use_certificate(ctx, cert);
    SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ctx;
}

struct test_server *test_server_start(const char *address, bool tls)
{
    struct test_server *s = pc_xzalloc(sizeof *s);
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    s->tls = tls ? make_tls() : NULL;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 64), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, run_server, s), 0);
    return s;
}

void test_server_stop(struct test_server *s)
{
    atomic_store(&s->stopping, true);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->accepted; i++) {
        shutdown(s->conns[i]->fd, SHUT_RDWR);
        pthread_join(s->conns[i]->thread, NULL);
        close(s->conns[i]->fd);
        free(s->conns[i]);
    }
    for (int i = 0; i < s->n_seen; i++)
        free(s->seen[i]);
    close(s->fd);
    SSL_CTX_free(s->tls);
    free(s);
}

int test_server_port(const struct test_server *s)
{
    return s->port;
}

int test_server_connections(struct test_server *s)
{
    return atomic_load(&s->accepted);
}

int test_server_requests(struct test_server *s)
{
    return atomic_load(&s->requests);
}
