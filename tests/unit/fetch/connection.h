/* One connection of the test server: what server.c, which reads requests, and responses.c, which
 * answers them, share. */
#ifndef PC_TESTS_FETCH_CONNECTION_H
#define PC_TESTS_FETCH_CONNECTION_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "server.h"

enum { MAX_REQUEST = 32768, MAX_TARGET = 9000 };

struct conn {
    struct test_server *server;
    int fd;
    SSL *ssl;
    pthread_t thread;
    bool keep; /* set by a response: wait for another request */
    char request[MAX_REQUEST];
    char target[MAX_TARGET];
};

/* Send bytes, or a text. False when the client or the server ended the connection. */
bool conn_put(struct conn *c, const void *data, size_t len);
bool conn_put_text(struct conn *c, const char *text);
/* Until the client closes the connection, or the server stops. */
void conn_wait_for_hang_up(struct conn *c);
/* Is this the first request for the target? Counts it as one. */
bool conn_first_request(struct conn *c);

/* Sends the response to c->target. */
void conn_respond(struct conn *c);

#endif
