import { withRetry } from '@/lib/backoff'
import type { BulkAnswer } from '@/lib/api/types'
import { bulk, BULK_IDS, type BulkAction, type BulkTarget } from '@/features/images/api/bulk'
import { listImages } from '@/lib/api/list-images'
import { listIds } from './list-ids'

export type Skipped = BulkAnswer['skipped'][number]

export interface BulkSum {
  /** The ids of the images that were changed. */
  done: number[]
  skipped: Skipped[]
  stopped: boolean
}

export interface BulkCalls {
  send: typeof bulk
  list: typeof listImages
}

interface Options {
  /** Called after each call with its answer and the sum so far. */
  onPart?: (part: BulkAnswer, sum: BulkSum) => void
  signal?: AbortSignal
  calls?: BulkCalls
}

/** The status that an action applies to. With it in the filter, the server need not visit other images. */
const statusFor = { retry: 'failed', cancel: 'pending', delete: undefined } as const

/** Runs the action on the whole target, in as many calls as needed. The signal stops it between two calls. */
export async function runBulk(
  action: BulkAction,
  target: BulkTarget,
  { onPart, signal, calls = { send: bulk, list: listImages } }: Options = {},
): Promise<BulkSum> {
  const sum: BulkSum = { done: [], skipped: [], stopped: false }
  for await (const part of parts(action, target, calls, signal)) {
    sum.done.push(...part.done)
    sum.skipped.push(...part.skipped)
    onPart?.(part, sum)
  }
  sum.stopped = signal?.aborted ?? false
  return sum
}

async function* parts(
  action: BulkAction,
  target: BulkTarget,
  { send, list }: BulkCalls,
  signal: AbortSignal | undefined,
): AsyncGenerator<BulkAnswer> {
  if ('ids' in target) {
    for (let from = 0; from < target.ids.length && !signal?.aborted; from += BULK_IDS) {
      const ids = target.ids.slice(from, from + BULK_IDS)
      yield await withRetry(() => send(action, { ids }))
    }
    return
  }
  const filter = { ...target.filter, status: target.filter.status ?? statusFor[action] }
  if (target.except && target.except.size > 0) {
    // A filter cannot exclude single images, so the ids of all others are listed first.
    const ids = await listIds(filter, target.except, { list, ...(signal ? { signal } : {}) })
    yield* parts(action, { ids }, { send, list }, signal)
    return
  }
  for (let after: number | null = 0; after !== null && !signal?.aborted;) {
    const from: number = after
    const part: BulkAnswer = await withRetry(() => send(action, { filter }, { after: from }))
    yield part
    after = part.more ? part.next : null
  }
}

/** How many images were skipped for each reason, the most frequent reason first. */
export function countReasons(skipped: readonly Skipped[]): { reason: Skipped; count: number }[] {
  const byCode = new Map<string, { reason: Skipped; count: number }>()
  for (const reason of skipped) {
    const known = byCode.get(reason.code)
    if (known) known.count++
    else byCode.set(reason.code, { reason, count: 1 })
  }
  return [...byCode.values()].sort((a, b) => b.count - a.count)
}
