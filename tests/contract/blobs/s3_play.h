/* Plays HTTP servers on one loopback port: an S3 server that is busy, full, broken or lying, and
 * the places that hand out keys. A thread takes connections, each is answered by one of its own; a
 * request gets the next answer of the first rule whose "where" it begins with.
 *
 *     struct play *p = play_start();
 *     play_say(p, "PUT /latest/api/token", PLAY_ANSWER("200 OK", "session"));
 *     play_always(p, "GET /shots", PLAY_EMPTY_LIST);
 *
 * Threads: all of it may be called while it plays. What it gives lives until play_stop.
 */
#ifndef PC_TESTS_S3_PLAY_H
#define PC_TESTS_S3_PLAY_H

#define PLAY_ANSWER(status, body)                                                                  \
    "HTTP/1.1 " status "\r\nConnection: close\r\nETag: \"e\"\r\n\r\n" body
#define PLAY_FAULT(status, code) PLAY_ANSWER(status, "<Error><Code>" code "</Code></Error>")
#define PLAY_EMPTY_LIST PLAY_ANSWER("200 OK", "<ListBucketResult></ListBucketResult>")
#define PLAY_HANG_UP ""
#define PLAY_SILENCE "silence" /* keeps the connection, says nothing */

struct play;
struct play *play_start(void);
void play_stop(struct play *p);
int play_port(const struct play *p);
/* Each answer once, in order ("" = any request). Beyond them it hangs up. Texts are copied. */
void play_say(struct play *p, const char *where, const char *line);
/* The same answer from now on; what was to be said there before is forgotten. */
void play_always(struct play *p, const char *where, const char *line);
/* Answers of that rule come so late. */
void play_late(struct play *p, const char *where, int ms);
/* How often that rule was asked, and its request number n with the first kilobytes of its body;
 * "" when there was none. */
int play_asked(struct play *p, const char *where);
const char *play_request(struct play *p, const char *where, int n);
/* Answers of that rule that nobody has asked for yet. */
int play_left(struct play *p, const char *where);

#endif
