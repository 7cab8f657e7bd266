import { withRetry } from '@/lib/backoff'
import { apiUrl, call } from '@/lib/api/client'
import { onceProcessed } from '@/lib/api/once-processed'
import type { ImageDetail, ReviewRequest } from '@/lib/api/types'

const TRIES = 3

/** With keepalive the last decision is sent even while the page is being closed. */
export const reviewImage = (id: number, request: ReviewRequest) =>
  withRetry(
    () =>
      onceProcessed(id, () =>
        call<ImageDetail>(apiUrl(`images/${id}/review`), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(request),
          keepalive: true,
        }),
      ),
    TRIES,
  )
