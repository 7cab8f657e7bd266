import type { ErrorCode } from '@/lib/api/types'

/** Only the codes for which the page has a better text than the server's own message. */
export const errors = {
  cancelled: 'Cancelled. Retry it if you still need it.',
  not_pending: 'Only an image that is processing can be cancelled.',
  network: 'The server cannot be reached. Check that it is running, then try again.',
  queue_full: 'The queue is full. Try again in a moment.',
  queue_unavailable: 'The queue cannot be reached. Try again in a moment.',
  store_unavailable: 'The store cannot be reached. Try again in a moment.',
  shutting_down: 'The service is shutting down. Try again in a moment.',
  changed_meanwhile: 'Somebody else changed it meanwhile. Look at it again.',
  not_found: 'This image no longer exists. It may have been deleted.',
  not_failed: 'Only a failed image can be retried, and this one has not failed.',
  original_missing: 'The original is no longer stored. Add the image again.',
  body_too_large: 'This is larger than the limit. Send something smaller.',
} as Partial<Record<ErrorCode, string>> & { network: string }
