/* The loop's epoll set. */
#include "support.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "http/loop.h"

struct owner {
    struct pc_loop_watch watch; /* first */
    struct pc_loop *loop;
    struct owner *other;
    int fd, calls;
};

/* As a change that is published does with a WebSocket client that has gone away meanwhile. */
static void remove_other(struct pc_loop_watch *watch, uint32_t events)
{
    struct owner *o = (struct owner *)watch;
    (void)events;
    o->calls++;
    pc_loop_remove(o->loop, o->other->fd, &o->other->watch);
}

static void removed_watches_are_not_called(void **state)
{
    struct pc_loop loop;
    struct pc_err err = PC_ERR_INIT;
    struct owner owners[2];
    (void)state;
    assert_ok(pc_loop_init(&loop, &err), &err);
    for (int i = 0; i < 2; i++) {
        owners[i] = (struct owner){.watch.ready = remove_other,
                                   .loop = &loop,
                                   .other = &owners[1 - i],
                                   .fd = eventfd(1, EFD_CLOEXEC)};
        assert_true(owners[i].fd >= 0);
        pc_loop_add(&loop, owners[i].fd, EPOLLIN, &owners[i].watch);
    }
    pc_loop_poll(&loop, 1000); /* both are ready */
    assert_int_equal(owners[0].calls + owners[1].calls, 1);
    pc_loop_poll(&loop, 0);
    assert_int_equal(owners[0].calls + owners[1].calls, 2);
    for (int i = 0; i < 2; i++)
        close(owners[i].fd);
    pc_loop_finish(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(removed_watches_are_not_called)};
    return cmocka_run_group_tests_name("http-loop", tests, NULL, NULL);
}
