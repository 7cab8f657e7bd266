import type { BulkAnswer } from '@/lib/api/types'
import { bulk, BULK_IDS, type BulkAction, type BulkTarget } from './api/bulk'

export type Skipped = BulkAnswer['skipped'][number]

export interface BulkSum {
  /** Ids. */
  done: number[]
  skipped: Skipped[]
}

/** What an action is for at all: asked so, the server need not go through the others. */
const fits = { retry: 'failed', cancel: 'pending', delete: undefined } as const

/** Does it for all of the target, in as many calls as that takes. What is done before a call fails is told
 * by `onPart`. */
export async function runBulk(
  action: BulkAction,
  target: BulkTarget,
  onPart: (part: BulkAnswer) => void = () => undefined,
  send: typeof bulk = bulk,
): Promise<BulkSum> {
  const sum: BulkSum = { done: [], skipped: [] }
  for await (const part of parts(action, target, send)) {
    sum.done.push(...part.done)
    sum.skipped.push(...part.skipped)
    onPart(part)
  }
  return sum
}

async function* parts(action: BulkAction, target: BulkTarget, send: typeof bulk) {
  if ('ids' in target) {
    for (let from = 0; from < target.ids.length; from += BULK_IDS)
      yield await send(action, { ids: target.ids.slice(from, from + BULK_IDS) })
    return
  }
  const filter = { ...target.filter, status: target.filter.status ?? fits[action] }
  for (let after: number | null = 0; after !== null;) {
    const part: BulkAnswer = await send(action, { filter }, { after })
    yield part
    after = part.more ? part.next : null
  }
}

/** How many were left out for which reason. */
export function reasonsOf(skipped: readonly Skipped[]): { reason: Skipped; count: number }[] {
  const byCode = new Map<string, { reason: Skipped; count: number }>()
  for (const reason of skipped) {
    const known = byCode.get(reason.code)
    if (known) known.count++
    else byCode.set(reason.code, { reason, count: 1 })
  }
  return [...byCode.values()].sort((a, b) => b.count - a.count)
}
