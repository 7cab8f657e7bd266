import { ApiError } from '@/lib/api/error'

const FIRST_MS = 1000
const LONGEST_MS = 30_000

/** How long to wait before the next attempt: as long as the server's Retry-After says, or else twice as long
 * after each attempt. Up to a fifth is added at random, so that clients do not retry all at once. */
export function backoffMs(attempt: number, error: unknown, random = Math.random()): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : null
  const base = asked ?? Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1))
  return Math.round(Math.max(250, base) * (1 + 0.2 * random))
}

export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

/** Repeats `work` as long as its error is transient. */
export async function withRetry<T>(work: () => Promise<T>, attempts = 6): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isTransient || attempt >= attempts) throw error
      await wait(backoffMs(attempt, error))
    }
  }
}
