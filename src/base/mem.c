#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *ptr)
{
    if (!ptr) {
        fputs("posecraft: out of memory\n", stderr);
        abort();
    }
    return ptr;
}

void *pc_xzalloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *pc_xrealloc(void *ptr, size_t size)
{
    return checked(realloc(ptr, size ? size : 1));
}

char *pc_xstrdup(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *pc_xstrndup(const char *text, size_t len)
{
    return checked(strndup(text, len));
}

char *pc_xasprintf(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    int n = vasprintf(&text, fmt, args);
    va_end(args);
    return checked(n < 0 ? NULL : text);
}

struct pc_arena_block {
    struct pc_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

/* Blocks double from the first on, so that a small arena costs little. */
enum { FIRST_BLOCK_BYTES = 1024, MAX_BLOCK_BYTES = 16 * 1024 };

void pc_arena_finish(struct pc_arena *arena)
{
    while (arena->head) {
        struct pc_arena_block *next = arena->head->next;
        free(arena->head);
        arena->head = next;
    }
}

void *pc_arena_alloc(struct pc_arena *arena, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct pc_arena_block *block = arena->head;
    if (!block || block->size - block->used < size) {
        size_t room = block ? 2 * block->size : FIRST_BLOCK_BYTES;
        if (room > MAX_BLOCK_BYTES)
            room = MAX_BLOCK_BYTES;
        if (room < size)
            room = size;
        block = pc_xzalloc(sizeof *block + room);
        block->size = room;
        block->next = arena->head;
        arena->head = block;
    }
    void *at = block->bytes + block->used;
    block->used += size;
    return at;
}

void *pc_arena_extend(struct pc_arena *arena, const void *items, int n, size_t size)
{
    void *more = pc_arena_alloc(arena, (size_t)(n + 1) * size);
    return n ? memcpy(more, items, (size_t)n * size) : more;
}

char *pc_arena_strdup(struct pc_arena *arena, const char *text)
{
    size_t len = strlen(text) + 1;
    return memcpy(pc_arena_alloc(arena, len), text, len);
}

char *pc_arena_printf(struct pc_arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = pc_arena_alloc(arena, (size_t)(len < 0 ? 0 : len) + 1);
    vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, fmt, again);
    va_end(again);
    return text;
}
