/* Certificates for TLS tests, made by the test itself: P-256 keys in PEM files, valid for one hour
 * from a minute ago. Threads: any, but each authority from one at a time. */
#ifndef PC_TESTS_CERTS_H
#define PC_TESTS_CERTS_H

#include <stdbool.h>

struct test_authority;
/* Gives a certificate authority and writes its own certificate to path. */
struct test_authority *test_authority_create(const char *path);
void test_authority_destroy(struct test_authority *ca);
/* Writes a certificate followed by its key to one file. names: alternative names as OpenSSL takes
 * them ("IP:127.0.0.1,DNS:redis.test"). expired: it is no longer valid. */
void test_authority_issue(const struct test_authority *ca, const char *names, bool expired,
                          const char *path);

#endif
