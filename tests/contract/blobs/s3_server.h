/* One S3 server for a whole test program; each store in it is a prefix of its own.
 *
 * versitygw, started at the first call and stopped with the program; or the bucket in
 * POSECRAFT_TEST_S3 ("s3://KEY:SECRET@BUCKET?endpoint=http://127.0.0.1:9000"), where the tests use
 * prefixes "pc-test-*" and remove what they put there.
 * Threads: the main thread.
 */
#ifndef PC_TESTS_S3_SERVER_H
#define PC_TESTS_S3_SERVER_H

#include "blobs/drivers.h"
#include "server.h"

#define S3_ABSENT "there is no S3 server here (scripts/setup services)"

/* Is there a server? */
bool s3_there(void);
/* The server that was started here, to make it fail. Skips the test where the bucket was given. */
struct test_server *s3_own_server(void);

/* Empties a store in the given bucket; our own server is removed with all it has. */
void s3_clear(const char *url);
/* The same for all stores: the teardown of a group of tests. */
int s3_leave(void **state);

/* URLs of stores. Gives. */
char *s3_fresh(const char *more); /* of a fresh empty store, more ("&timeout=1") at its end; NULL
                                     when there is no server */
char *s3_below(const char *prefix, const char *more); /* of a store below that prefix, encoded */
/* Another account ("KEY:SECRET@", or "") or bucket; NULL = the right one. */
char *s3_stranger(const char *account, const char *bucket);
const char *s3_key_id(void); /* of the right account, encoded */

/* Stores, and what tests do with them; each asserts that it works. */
enum { MIB = 1 << 20 };
struct pc_blobs *s3_open(const char *url);
struct pc_blobs *s3_open_fresh(const char *more);
void s3_put(struct pc_blobs *bs, const char *key, const void *data, size_t len);
void s3_expect(struct pc_blobs *bs, const char *key, const char *text);
int s3_count(struct pc_blobs *bs);
/* Bytes that do not compress. Gives. */
char *s3_noise(size_t len);

#endif
