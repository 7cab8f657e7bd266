/* One S3 server for a whole test program; each store in it is a prefix of its own. */
#ifndef PC_TESTS_S3_SERVER_H
#define PC_TESTS_S3_SERVER_H

#include "server.h"

#define S3_ABSENT "there is no S3 server here (scripts/setup services)"
#define S3_KEY "tester:tester%2Fsecret%2Bkey@"

/* The server, started at the first call and stopped with the program; NULL where there is none. */
struct test_server *s3_server(void);
/* Address of a fresh empty store, more ("&timeout=1") at its end; NULL as above. Gives. */
char *s3_fresh(const char *more);
/* "s3://" + account + place + "?endpoint=..." + more. Gives. */
char *s3_address(const char *account, const char *place, const char *more);

#endif
