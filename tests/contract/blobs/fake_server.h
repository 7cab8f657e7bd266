/* A fake HTTP server on one loopback port, which plays an S3 server that is busy, full, broken or
 * lying, and the providers of credentials. One thread accepts connections, and each is served by a
 * thread of its own. A request gets the next reply of the first rule whose `where` it begins with.
 *
 *     struct fake_server *p = fake_server_start();
 *     fake_server_reply(p, "PUT /latest/api/token", FAKE_RESPONSE("200 OK", "session"));
 *     fake_server_always_reply(p, "GET /shots", FAKE_EMPTY_LIST);
 *
 * Threads: any function may be called while the server runs. What it gives lives until
 * fake_server_stop.
 */
#ifndef PC_TESTS_FAKE_SERVER_H
#define PC_TESTS_FAKE_SERVER_H

#define FAKE_RESPONSE(status, body)                                                                \
    "HTTP/1.1 " status "\r\nConnection: close\r\nETag: \"e\"\r\n\r\n" body
#define FAKE_ERROR(status, code) FAKE_RESPONSE(status, "<Error><Code>" code "</Code></Error>")
#define FAKE_EMPTY_LIST FAKE_RESPONSE("200 OK", "<ListBucketResult></ListBucketResult>")
#define FAKE_HANG_UP ""
#define FAKE_SILENCE "silence" /* keeps the connection open and sends nothing */

struct fake_server;
struct fake_server *fake_server_start(void);
void fake_server_stop(struct fake_server *p);
int fake_server_port(const struct fake_server *p);
/* Adds a reply that is sent once, in order (where "": to any request). After the last one it hangs
 * up. */
void fake_server_reply(struct fake_server *p, const char *where, const char *reply);
/* Sends this reply from now on, and drops those that were added before. */
void fake_server_always_reply(struct fake_server *p, const char *where, const char *reply);
/* Replies of that rule are held back until it had n requests in all. */
void fake_server_gather(struct fake_server *p, const char *where, int n);
/* How many clients that met FAKE_SILENCE have closed their connection. */
int fake_server_given_up(struct fake_server *p);
/* How many requests that rule had, and its request number n with the first kilobytes of the body;
 * "" when there was none. */
int fake_server_count(struct fake_server *p, const char *where);
const char *fake_server_request(struct fake_server *p, const char *where, int n);
/* Replies of that rule that are still to be sent. */
int fake_server_unsent(struct fake_server *p, const char *where);

#endif
