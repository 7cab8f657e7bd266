/* The event loop's epoll set: who is called when a descriptor is ready, and when the HTTP library
 * has to run.
 *
 * A watch is embedded in what owns it, so that its callback finds the owner. A callback may remove
 * any watch, and free its owner: a watch is never called once it is removed, even if it was ready
 * in the same pc_loop_poll.
 *
 * Ownership: the caller owns descriptors and watches; both stay until pc_loop_remove.
 * Threads: the loop's thread.
 */
#ifndef PC_HTTP_LOOP_H
#define PC_HTTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct pc_loop_watch {
    void (*ready)(struct pc_loop_watch *watch, uint32_t events); /* EPOLLIN, ... */
};

struct epoll_event;

struct pc_loop {
    int epoll_fd;
    bool library_due;          /* the library has work that no descriptor announces */
    struct epoll_event *ready; /* of the pc_loop_poll that is under way; NULL: none */
    int n_ready;
};

PC_NODISCARD enum pc_code pc_loop_init(struct pc_loop *loop, struct pc_err *err);
void pc_loop_finish(struct pc_loop *loop);

/* events: EPOLLIN, EPOLLRDHUP, ... A descriptor has one watch. */
void pc_loop_add(struct pc_loop *loop, int fd, uint32_t events, struct pc_loop_watch *watch);
void pc_loop_modify(struct pc_loop *loop, int fd, uint32_t events, struct pc_loop_watch *watch);
void pc_loop_remove(struct pc_loop *loop, int fd, const struct pc_loop_watch *watch);

/* Waits for at most timeout_ms and calls the watches that are ready. */
void pc_loop_poll(struct pc_loop *loop, int timeout_ms);

#endif
