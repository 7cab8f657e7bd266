/* Publishes to subscribers (subscriber.h) which images changed, in this process or another.
 *
 * The feed reads the records when an event says that something changed (service/events.h), and also
 * at intervals, because an event may be lost. While nobody listens it reads nothing.
 *
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_LIVE_CHANGE_FEED_H
#define PC_HTTP_LIVE_CHANGE_FEED_H

#include "http/executor.h"
#include "http/live/subscriber.h"
#include "service/events.h"

struct pc_change_feed;

struct pc_change_feed *pc_change_feed_create(struct pc_executor *executor,
                                             struct pc_service *svc); /* gives */
void pc_change_feed_destroy(struct pc_change_feed *feed);             /* takes NULL */
/* Borrows subscriber, which must outlive the feed. */
void pc_change_feed_subscribe(struct pc_change_feed *feed, struct pc_subscriber *subscriber);

/* A subscriber has a new client. wants_position: the client waits for the position call, which tells
 * it the newest seq. */
void pc_change_feed_request(struct pc_change_feed *feed, bool wants_position);
void pc_change_feed_on_events(struct pc_change_feed *feed, const struct pc_event *events, int n);

/* run: to be called in each iteration of the loop. next_ms: when it must be called at the latest;
 * INT64_MAX: no matter when. */
void pc_change_feed_run(struct pc_change_feed *feed, int64_t now_ms);
int64_t pc_change_feed_next_ms(const struct pc_change_feed *feed);

#endif
