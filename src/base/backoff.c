#include "base/backoff.h"

#include <stdint.h>

#include "base/hash.h"

int64_t pc_backoff_next_ms(struct pc_backoff *backoff)
{
    int64_t now = backoff->current_ms;
    if (now == 0)
        backoff->current_ms = backoff->first_ms;
    else
        backoff->current_ms = now < backoff->max_ms / 2 ? now * 2 : backoff->max_ms;
    return backoff->current_ms;
}

void pc_backoff_reset(struct pc_backoff *backoff)
{
    backoff->current_ms = 0;
}

int64_t pc_backoff_jitter_ms(int64_t wait_ms)
{
    unsigned char chance;
    pc_random_bytes(&chance, 1);
    return wait_ms / 2 + wait_ms * chance / 510;
}
