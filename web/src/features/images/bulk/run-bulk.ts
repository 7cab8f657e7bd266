import { withRetry } from '@/lib/backoff'
import type { BulkAnswer } from '@/lib/api/types'
import { bulk, BULK_IDS, type BulkAction, type BulkTarget } from '@/features/images/api/bulk'
import { type FilterParams, listImages } from '@/lib/api/list-images'

export type Skipped = BulkAnswer['skipped'][number]

export interface BulkSum {
  /** Ids. */
  done: number[]
  skipped: Skipped[]
  stopped: boolean
}

export interface BulkCalls {
  send: typeof bulk
  list: typeof listImages
}

interface Options {
  /** What is done before a call fails, or before it is stopped. */
  onPart?: (part: BulkAnswer, sum: BulkSum) => void
  signal?: AbortSignal
  calls?: BulkCalls
}

/** What an action is for at all: asked so, the server need not go through the others. */
const fits = { retry: 'failed', cancel: 'pending', delete: undefined } as const

/** The server lists at most so many in one answer. */
const LIST = 1000

/** Does it for all of the target, in as many calls as that takes; the signal stops it between two. */
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
  const filter = { ...target.filter, status: target.filter.status ?? fits[action] }
  if (target.except && target.except.size > 0) {
    const ids = await idsBut(target.except, filter, list, signal)
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

/** A filter cannot leave single images out: so their ids, all asked for before anything is done. */
async function idsBut(
  except: ReadonlySet<number>,
  filter: FilterParams,
  list: typeof listImages,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const ids: number[] = []
  for (let total = 1, offset = 0; offset < total && !signal?.aborted; offset += LIST) {
    const from = offset
    const answer = await withRetry(() =>
      list({ ...filter, sort: 'id', order: 'asc', limit: LIST, offset: from }),
    )
    total = answer.total
    for (const { id } of answer.images) if (!except.has(id)) ids.push(id)
  }
  return ids
}

/** How many were left out for which reason. */
export function countReasons(skipped: readonly Skipped[]): { reason: Skipped; count: number }[] {
  const byCode = new Map<string, { reason: Skipped; count: number }>()
  for (const reason of skipped) {
    const known = byCode.get(reason.code)
    if (known) known.count++
    else byCode.set(reason.code, { reason, count: 1 })
  }
  return [...byCode.values()].sort((a, b) => b.count - a.count)
}
