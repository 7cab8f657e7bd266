/* Allocation that cannot fail (it aborts with a message: a service out of memory is restarted, its
 * leases run out, nothing is lost), and an arena for what lives exactly as long as one job.
 *
 * Arena: blocks are chained; pc_arena_alloc answers zeroed memory aligned for any type;
 * pc_arena_finish frees all of it. There is no free of one object.
 * Threads: an arena belongs to one job, hence one thread.
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
char *pc_arena_strdup(struct pc_arena *arena, const char *text);
char *pc_arena_printf(struct pc_arena *arena, const char *fmt, ...) PC_PRINTF(2, 3);

#endif
