/* Allocation that cannot fail, and an arena for what lives exactly as long as one job.
 *
 * Running out of memory aborts the program with a message. The service is restarted then; its
 * leases expire and nothing is lost.
 *
 * An arena gives out zeroed memory that is aligned for any type, from chained blocks. Nothing is
 * freed one by one: pc_arena_finish frees all of it.
 * Threads: an arena belongs to one job, hence to one thread.
 */
#ifndef PC_BASE_MEM_H
#define PC_BASE_MEM_H

#include <stddef.h>

#include "base/err.h"

void *pc_xzalloc(size_t size);             /* gives, zeroed */
void *pc_xrealloc(void *ptr, size_t size); /* takes ptr, gives */
char *pc_xstrdup(const char *text);        /* gives; NULL stays NULL */
char *pc_xstrndup(const char *text, size_t len);
char *pc_xasprintf(const char *fmt, ...) PC_PRINTF(1, 2);

struct pc_arena_block;
struct pc_arena {
    struct pc_arena_block *head;
};
#define PC_ARENA_INIT                                                                              \
    {                                                                                              \
        NULL                                                                                       \
    }

void pc_arena_finish(struct pc_arena *arena);
void *pc_arena_alloc(struct pc_arena *arena, size_t size);
/* Gives an array of n + 1 items of this size: the n old ones (NULL if n is 0), then a zeroed one.
 * The old array stays in the arena, so this is for short lists. */
void *pc_arena_extend(struct pc_arena *arena, const void *items, int n, size_t size);
char *pc_arena_strdup(struct pc_arena *arena, const char *text);
char *pc_arena_printf(struct pc_arena *arena, const char *fmt, ...) PC_PRINTF(2, 3);

#endif
