/* What the contract suites of the seams share: running each case against each driver, threads,
 * child processes.
 *
 * A suite says its cases once and its drivers in a table; a driver that is added is one row there
 * (docs/add-a-driver.md). Each case starts on an empty store of its own.
 */
#ifndef PC_TESTS_CONTRACT_H
#define PC_TESTS_CONTRACT_H

#include <sys/types.h>

#include "support.h"

enum contract_can {
    CAN_PERSIST = 1, /* closed and opened again at the same address, it has what it had */
    CAN_SHARE = 2,   /* opened twice at the same address, also by two processes, it is one store */
    CAN_MANY = 4,    /* tens of thousands of changes take seconds */
};

struct contract_driver {
    const char *name;
    const void *driver; /* the seam's driver struct */
    /* Gives the address of a fresh empty store that may use the folder dir, or NULL when what it
     * needs (a server) is not there: then all its cases are skipped, with this reason. */
    char *(*url)(const char *dir);
    const char *absent;
    unsigned can; /* enum contract_can */
    /* Removes what address made outside of dir. May be NULL. */
    void (*cleanup)(const char *url);
};

/* *state of each case. */
struct contract {
    const struct contract_driver *d;
    char *dir, *url;
};

struct contract_case {
    const char *name;
    void (*run)(void **state);
    unsigned needs; /* enum contract_can */
};
#define CASE(fn)                                                                                   \
    {                                                                                              \
#fn, fn, 0                                                                                 \
    }
#define CASE_IF(can, fn)                                                                           \
    {                                                                                              \
#fn, fn, can                                                                               \
    }

/* Runs every case on every driver. Answers main's exit code. */
int contract_run(const char *seam, const struct contract_driver *drivers, size_t n_drivers,
                 const struct contract_case *cases, size_t n_cases);

/* Runs work(ctx, 0..n-1) on n threads at once and joins them. work must not assert: it leaves what
 * it found in ctx. */
void contract_threads(int n, void (*work)(void *ctx, int i), void *ctx);

/* Runs work in a child process, which ends with its result; returns the child's pid. In the child
 * no assertion may be used. */
pid_t contract_fork(int (*work)(void *ctx), void *ctx);
/* The exit code of a child, or -1 when a signal ended it. */
int contract_wait(pid_t pid);
/* The same with kill -9 before. */
void contract_kill(pid_t pid);
/* In a child: becomes a user whom rights of files bind (root is not). False when it cannot. */
bool contract_drop_root(void);
/* In a child: mounts a disk of so many bytes at dir, for this process alone. False when it may
 * not. */
bool contract_small_disk(const char *dir, long bytes);
enum { CHILD_OK = 0, CHILD_FAILED = 1, CHILD_SKIPPED = 77 };
/* Passes, fails or skips the test by what the child answered. */
void contract_check_child(pid_t pid, const char *why_skipped);

#endif
