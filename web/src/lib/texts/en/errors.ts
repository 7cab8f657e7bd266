import type { ErrorCode } from '@/lib/api/types'

/** Where the page can say it better than the server's own message. */
export const errors = {
  cancelled: 'Cancelled. Try again if you want it after all.',
  not_pending: 'Only a picture in work can be cancelled.',
  network: 'The server cannot be reached. Check that it runs, then try again.',
  queue_full: 'The queue is full. Try again in a moment.',
  queue_unavailable: 'The queue cannot be reached. Try again in a moment.',
  store_unavailable: 'The store cannot be reached. Try again in a moment.',
  shutting_down: 'The service is stopping. Try again in a moment.',
  not_found: 'This picture is no longer here. It may have been deleted.',
  not_failed: 'Only a failed picture can be tried again, and this one has not failed.',
  original_missing: 'The original is no longer stored. Add the picture again.',
  body_too_large: 'The picture is larger than the limit. Send a smaller one.',
} as Partial<Record<ErrorCode, string>> & { network: string }
