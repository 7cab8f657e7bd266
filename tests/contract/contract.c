#include "contract.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

struct prepared { /* initial state of one test: a case on a driver */
    const struct contract_driver *d;
    const struct contract_case *c;
    struct contract now;
};

static int setup(void **state)
{
    struct prepared *p = *state;
    p->now.d = p->d;
    p->now.dir = test_mkdir();
    p->now.url = p->d->url(p->now.dir);
    return 0;
}

static int teardown(void **state)
{
    struct prepared *p = *state;
    if (p->now.url && p->d->cleanup)
        p->d->cleanup(p->now.url);
    free(p->now.url);
    test_rmdir(p->now.dir);
    return 0;
}

static void run_one(void **state)
{
    struct prepared *p = *state;
    if (!p->now.url)
        skip_because(p->d->absent);
    void *now = &p->now;
    p->c->run(&now);
}

int contract_run(const char *seam, const struct contract_driver *drivers, size_t n_drivers,
                 const struct contract_case *cases, size_t n_cases)
{
    struct CMUnitTest *tests = pc_xzalloc(n_drivers * n_cases * sizeof *tests);
    struct prepared *states = pc_xzalloc(n_drivers * n_cases * sizeof *states);
    size_t n = 0;
    for (size_t d = 0; d < n_drivers; d++) {
        for (size_t c = 0; c < n_cases; c++) {
            if (cases[c].needs & ~drivers[d].can)
                continue; /* the driver does not promise this at all */
            states[n] = (struct prepared){.d = &drivers[d], .c = &cases[c]};
            tests[n] = (struct CMUnitTest){
                .name = pc_xasprintf("%s: %s", drivers[d].name, cases[c].name),
                .test_func = run_one,
                .setup_func = setup,
                .teardown_func = teardown,
                .initial_state = &states[n],
            };
            n++;
        }
    }
    int failed = _cmocka_run_group_tests(seam, tests, n, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        free((char *)(uintptr_t)tests[i].name);
    free(states);
    free(tests);
    return failed;
}

struct thread {
    pthread_t id;
    void (*work)(void *ctx, int i);
    void *ctx;
    int i;
    pthread_barrier_t *start;
};

static void *run_thread(void *arg)
{
    struct thread *t = arg;
    pthread_barrier_wait(t->start);
    t->work(t->ctx, t->i);
    return NULL;
}

void contract_threads(int n, void (*work)(void *ctx, int i), void *ctx)
{
    struct thread *threads = pc_xzalloc((size_t)n * sizeof *threads);
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (int i = 0; i < n; i++) {
        threads[i] = (struct thread){.work = work, .ctx = ctx, .i = i, .start = &start};
        assert_int_equal(pthread_create(&threads[i].id, NULL, run_thread, &threads[i]), 0);
    }
    for (int i = 0; i < n; i++)
        pthread_join(threads[i].id, NULL);
    pthread_barrier_destroy(&start);
    free(threads);
}

pid_t contract_fork(int (*work)(void *ctx), void *ctx)
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(work(ctx));
    return pid;
}

int contract_wait(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void contract_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    (void)contract_wait(pid);
}

bool contract_drop_root(void)
{
    const uid_t nobody = 65534;
    return geteuid() != 0 ||
           (setresgid(nobody, nobody, nobody) == 0 && setresuid(nobody, nobody, nobody) == 0);
}

bool contract_small_disk(const char *dir, long bytes)
{
    char options[64];
    snprintf(options, sizeof options, "size=%ld", bytes);
    int flags = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
    return unshare(flags) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", dir, "tmpfs", 0, options) == 0;
}

void contract_check_child(pid_t pid, const char *why_skipped)
{
    int code = contract_wait(pid);
    if (code == CHILD_SKIPPED)
        skip_because(why_skipped);
    assert_int_equal(code, CHILD_OK);
}
