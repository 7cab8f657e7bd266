#include "http/loop.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"

enum { READY_AT_ONCE = 64 };

enum pc_code pc_loop_init(struct pc_loop *loop, struct pc_err *err)
{
    *loop = (struct pc_loop){.epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    if (loop->epoll_fd < 0)
        return pc_fail_detail(err, PC_E_INTERNAL, "epoll_create1: %s", strerror(errno));
    return PC_OK;
}

void pc_loop_finish(struct pc_loop *loop)
{
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
}

static void control(struct pc_loop *loop, int how, int fd, uint32_t events,
                    struct pc_loop_watch *watch)
{
    struct epoll_event ev = {.events = events, .data.ptr = watch};
    if (epoll_ctl(loop->epoll_fd, how, fd, &ev))
        pc_log(PC_LOG_ERROR, "epoll_ctl", PC_LOG_I64("errno", errno));
}

void pc_loop_add(struct pc_loop *loop, int fd, uint32_t events, struct pc_loop_watch *watch)
{
    control(loop, EPOLL_CTL_ADD, fd, events, watch);
}

void pc_loop_modify(struct pc_loop *loop, int fd, uint32_t events, struct pc_loop_watch *watch)
{
    control(loop, EPOLL_CTL_MOD, fd, events, watch);
}

void pc_loop_remove(struct pc_loop *loop, int fd, const struct pc_loop_watch *watch)
{
    control(loop, EPOLL_CTL_DEL, fd, 0, NULL);
    for (int i = 0; i < loop->n_ready; i++)
        if (loop->ready[i].data.ptr == watch)
            loop->ready[i].data.ptr = NULL;
}

void pc_loop_poll(struct pc_loop *loop, int timeout_ms)
{
    struct epoll_event ready[READY_AT_ONCE];
    int n = epoll_wait(loop->epoll_fd, ready, READY_AT_ONCE, timeout_ms);
    loop->ready = ready;
    loop->n_ready = n > 0 ? n : 0;
    for (int i = 0; i < loop->n_ready; i++) {
        struct pc_loop_watch *watch = ready[i].data.ptr;
        if (watch)
            watch->ready(watch, ready[i].events);
    }
    loop->ready = NULL;
    loop->n_ready = 0;
}
