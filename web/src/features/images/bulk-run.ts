import { bulk, type BulkAction, type BulkAnswer, type BulkTarget, type Skipped } from './api/bulk'

const IDS_AT_ONCE = 500

export interface BulkSum {
  done: number[]
  skipped: Skipped[]
}

/** What an action is for at all: asked so, the server need not go through the others. */
const fits = { retry: 'failed', cancel: 'pending', delete: undefined } as const

/** Does it for all of the target, in as many calls as that takes. What was done before a call failed
 * is told by `onPart`. */
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
    for (let from = 0; from < target.ids.length; from += IDS_AT_ONCE)
      yield await send(action, { ids: target.ids.slice(from, from + IDS_AT_ONCE) })
    return
  }
  const status = target.filter.status ?? fits[action]
  const seen = new Set<number>()
  for (let more = true; more;) {
    const part = await send(action, { filter: { ...target.filter, status } })
    // One that failed again at once would come up for ever.
    const fresh = part.done.filter((id) => !seen.has(id))
    for (const id of fresh) seen.add(id)
    more = part.more && fresh.length > 0
    yield part
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
