/* Certificates for tests of TLS, made by the test itself: P-256 keys, PEM files, valid from a
 * minute ago for an hour. Threads: any; each authority by one at a time.
 */
#ifndef PC_TESTS_CERTS_H
#define PC_TESTS_CERTS_H

#include <stdbool.h>

struct test_authority;
/* Gives an authority whose own certificate is written to path. */
struct test_authority *test_authority_create(const char *path);
void test_authority_destroy(struct test_authority *ca);
/* Writes a certificate with its key behind it, in one file. names: as OpenSSL wants alternative
 * names ("IP:127.0.0.1,DNS:redis.test"). expired: its hour is over. */
void test_authority_issue(const struct test_authority *ca, const char *names, bool expired,
                          const char *path);

#endif
