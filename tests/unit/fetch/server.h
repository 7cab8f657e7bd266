/* A small HTTP server for tests, with the bad manners that the real world has. Each connection has
 * a thread; stop joins them all. Paths it knows:
 *
 *   /ok /keep (connection stays open) /echo (answers the request itself) /empty /empty-length
 *   /status/NNN /redirect/NNN?TARGET (Location: TARGET, as it stands) /loop /hop/N (N redirects)
 *   /chunked /gzip (a gzip answer nobody asked for) /declared-large /endless /endless-redirect
 *   /endless-header /slow-header /slow-body /stall /short (less than Content-Length) /silent
 *   /garbage /bare-redirect
 *
 * Threads: start and stop from one thread; the counters may be read at any time. */
#ifndef PC_TESTS_FETCH_SERVER_H
#define PC_TESTS_FETCH_SERVER_H

#include <stdbool.h>

struct test_server;

/* Listens on a free port of the IPv4 address; tls: with a fresh self-signed certificate for
 * "localhost". Gives. */
struct test_server *test_server_start(const char *address, bool tls);
void test_server_stop(struct test_server *s);
int test_server_port(const struct test_server *s);
int test_server_connections(struct test_server *s); /* accepted so far */
int test_server_requests(struct test_server *s);

#endif
