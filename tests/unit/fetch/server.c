#include "server.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "connection.h"
#include "support.h"

enum { MAX_CONNECTIONS = 256, MAX_SEEN = 16 };

struct test_server {
    int fd, port;
    SSL_CTX *tls;
    X509 *certificate;
    enum test_http2 http2;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int accepted, requests, http2_connections;
    struct conn *conns[MAX_CONNECTIONS];
    char *seen[MAX_SEEN]; /* targets of /later; the tests request one at a time */
    int n_seen;
};

bool conn_put(struct conn *c, const void *data, size_t len)
{
    if (atomic_load(&c->server->stopping))
        return false;
    if (c->ssl)
        return SSL_write(c->ssl, data, (int)len) == (int)len;
    return send(c->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len;
}

bool conn_put_text(struct conn *c, const char *text)
{
    return conn_put(c, text, strlen(text));
}

void conn_wait_for_hang_up(struct conn *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLRDHUP};
    while (!atomic_load(&c->server->stopping) && poll(&p, 1, 50) == 0)
        continue;
}

bool conn_first_request(struct conn *c)
{
    struct test_server *s = c->server;
    for (int i = 0; i < s->n_seen; i++)
        if (strcmp(s->seen[i], c->target) == 0)
            return false;
    if (s->n_seen == MAX_SEEN)
        abort();
    s->seen[s->n_seen++] = pc_xstrdup(c->target);
    return true;
}

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
            conn_put_text(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            return false;
        }
        if (strstr(c->request, "\r\n\r\n"))
            return sscanf(c->request, "GET %8999s HTTP/1.1", c->target) == 1;
    }
    return false;
}

/* A proxy is asked for a whole URL. */
static void keep_path_only(char *target)
{
    char *absolute = strstr(target, "://");
    if (absolute && target[0] != '/') {
        char *path = strchr(absolute + 3, '/');
        memmove(target, path, strlen(path) + 1);
    }
}

/* --- HTTP/2 that fails --- */

enum { FRAME_HEAD = 9, SETTINGS = 4, RST_STREAM = 3, DATA = 0, ACK = 1, INTERNAL_ERROR = 2 };

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned int offered_len, void *ctx)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    (void)ssl, (void)ctx;
    unsigned char *chosen = NULL;
    int rc = SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, offered, offered_len);
    *out = chosen;
    return rc == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static bool speaks_http2(const struct conn *c)
{
    const unsigned char *name = NULL;
    unsigned int len = 0;
    SSL_get0_alpn_selected(c->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}

/* Greets as HTTP/2 demands, and fails as soon as the client has sent anything. */
static void fail_http2(struct conn *c)
{
    static const unsigned char greeting[2 * FRAME_HEAD] = {0, 0, 0, SETTINGS, 0,   0, 0, 0, 0,
                                                           0, 0, 0, SETTINGS, ACK, 0, 0, 0, 0};
    static const unsigned char reset[] = {0, 0, 4, RST_STREAM,    0, 0, 0, 0, 1,
                                          0, 0, 0, INTERNAL_ERROR};
    static const unsigned char invalid[FRAME_HEAD] = {0, 0, 0, DATA, 0, 0, 0, 0, 0}; /* stream 0 */
    atomic_fetch_add(&c->server->http2_connections, 1);
    if (SSL_read(c->ssl, c->request, sizeof c->request) <= 0 ||
        !conn_put(c, greeting, sizeof greeting))
        return;
    if (c->server->http2 == TEST_HTTP2_RESETS)
        conn_put(c, reset, sizeof reset);
    else
        conn_put(c, invalid, sizeof invalid);
    conn_wait_for_hang_up(c);
}

static void *run_conn(void *arg)
{
    struct conn *c = arg;
    if (c->server->tls) {
        c->ssl = SSL_new(c->server->tls);
        SSL_set_fd(c->ssl, c->fd);
        if (SSL_accept(c->ssl) != 1)
            goto out;
        if (speaks_http2(c)) {
            fail_http2(c);
            goto out;
        }
    }
    do {
        if (!read_request(c))
            break;
        atomic_fetch_add(&c->server->requests, 1);
        keep_path_only(c->target);
        conn_respond(c);
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

/* --- start and stop --- */

/* With a new certificate for "localhost" that signs itself. */
static void make_tls(struct test_server *s)
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
    EVP_PKEY_free(key);
    s->certificate = cert;
    s->tls = ctx;
}

static struct test_server *start(struct test_server *s, const char *address)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 64), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, run_server, s), 0);
    return s;
}

struct test_server *test_server_start(const char *address, bool tls)
{
    struct test_server *s = pc_xzalloc(sizeof *s);
    if (tls)
        make_tls(s);
    return start(s, address);
}

struct test_server *test_server_start_http2(const char *address, enum test_http2 how)
{
    struct test_server *s = pc_xzalloc(sizeof *s);
    make_tls(s);
    s->http2 = how;
    SSL_CTX_set_alpn_select_cb(s->tls, choose_protocol, NULL);
    return start(s, address);
}

void test_server_save_certificate(const struct test_server *s, const char *path)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(PEM_write_X509(out, s->certificate), 1);
    assert_int_equal(fclose(out), 0);
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
    X509_free(s->certificate);
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

int test_server_http2_connections(struct test_server *s)
{
    return atomic_load(&s->http2_connections);
}
