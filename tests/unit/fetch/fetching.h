/* What the tests of fetch share: two servers on loopback, and requests to them. Where a request
 * must not arrive, the server's count of connections is the proof. */
#ifndef PC_TESTS_FETCH_FETCHING_H
#define PC_TESTS_FETCH_FETCHING_H

#include "base/buf.h"
#include "fetch/fetch.h"
#include "server.h"
#include "support.h"

extern struct test_server *server; /* 127.0.0.1, which the tests allow */
extern struct test_server *inner;  /* 127.0.0.2, never allowed */
int start_servers(void **state);   /* group fixtures */
int stop_servers(void **state);

/* Small limits; no proxy; allow is the allow list. */
struct pc_fetch_config config(const char *allow);
struct pc_fetch *create(struct pc_fetch_config cfg); /* or fails the test */

struct result {
    enum pc_code rc;
    struct pc_err err;
    struct pc_fetch_info info;
    struct pc_buf body;
};

/* The result's body has to be finished. */
struct result get_url(struct pc_fetch *f, const char *url);
struct result get(struct pc_fetch *f, const char *path); /* from server */
char *local(const char *path);                           /* its URL there; gives */

/* Fetches, and fails the test when the outcome is another or its message is empty. */
void expect_url(struct pc_fetch *f, const char *url, enum pc_code wanted);
void expect(struct pc_fetch *f, const char *path, enum pc_code wanted);

#endif
