/* A small HTTP server for tests that misbehaves as servers in the real world do. Each connection
 * has a thread; stop joins them all. Its paths:
 *
 *     /ok                    an image
 *     /keep                  the same, and the connection stays open
 *     /echo                  answers with the request itself
 *     /empty /empty-length   no body, without and with Content-Length
 *     /status/NNN            that status
 *     /redirect/NNN?TARGET   that status with "Location: TARGET", as it stands
 *     /bare-redirect         302 without Location
 *     /loop                  redirects to itself
 *     /hop/N                 N redirects, then an image
 *     /chunked               an image in chunks
 *     /coded/CODING,BYTES    that many bytes in gzip, x-gzip, deflate, raw-deflate or br (of br,
 *                            50000 and 20000000 only)
 *     /mislabelled/CODING    a plain body with that Content-Encoding
 *     /layers/1 /layers/2    several layers of compression, in one header and in two
 *     /cookie                sets a cookie and redirects to itself until it comes back
 *     /later/NNN?HEADER      that status with that header, and an image the second time; "?date":
 *                            with Retry-After as a date in five seconds
 *     /document/NNN/NAME     that status with a log-in page, or an error as XML or JSON
 *     /range/whole /range/part
 *     /declared-large        a large Content-Length
 *     /endless /endless-redirect /endless-header
 *     /slow-header /slow-body /stall
 *     /short                 less than Content-Length says
 *     /silent                hangs up without a word
 *     /garbage               not HTTP
 *
 * Threads: start and stop from one thread; the counters may be read at any time. */
#ifndef PC_TESTS_FETCH_SERVER_H
#define PC_TESTS_FETCH_SERVER_H

#include <stdbool.h>

struct test_server;

/* Listens on a free port of the IPv4 address; tls: with a fresh self-signed certificate for
 * "localhost". Gives. */
struct test_server *test_server_start(const char *address, bool tls);

/* The same over TLS, with HTTP/2 for a client that offers it, but no request succeeds that way: */
enum test_http2 {
    TEST_HTTP2_RESETS, /* each stream is reset */
    TEST_HTTP2_INVALID /* the connection breaks with an invalid frame */
};
struct test_server *test_server_start_http2(const char *address, enum test_http2 how);

/* Writes the certificate as PEM. */
void test_server_save_certificate(const struct test_server *s, const char *path);
void test_server_stop(struct test_server *s);
int test_server_port(const struct test_server *s);
int test_server_connections(struct test_server *s); /* accepted so far */
int test_server_requests(struct test_server *s);    /* of HTTP/1.1 */
int test_server_http2_connections(struct test_server *s);

#endif
