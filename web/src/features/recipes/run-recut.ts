import type { RecutAnswer } from '@/lib/api/types'
import { withRetry } from '@/lib/backoff'
import { recut, RECUT_IDS, type RecutAsk } from './api/recut'

export interface RecutSum {
  looked: number
  changed: number
  skipped: number
  queued: number
  stopped: boolean
}

/** All processed images, or these images with these recipes. */
export type RecutTarget = 'all' | { ids: readonly number[]; recipes: string[] | null }

interface Options {
  dryRun: boolean
  onPart?: (sum: RecutSum) => void
  signal?: AbortSignal
  send?: typeof recut
}

/** Goes through the target in as many calls as needed. The signal stops it between two calls. While the queue
 * is full, it waits. */
export async function runRecut(
  target: RecutTarget,
  { dryRun, onPart, signal, send = recut }: Options,
): Promise<RecutSum> {
  const sum: RecutSum = { looked: 0, changed: 0, skipped: 0, queued: 0, stopped: false }
  let ask: RecutAsk | null = first(target)
  while (ask && !signal?.aborted) {
    const now: RecutAsk = { ...ask, dryRun }
    const part: RecutAnswer = await withRetry(() => send(now, signal))
    for (const key of ['looked', 'changed', 'skipped', 'queued'] as const) sum[key] += part[key]
    onPart?.({ ...sum })
    ask = target === 'all' ? after(part) : idsFrom(target, sum.looked)
  }
  return { ...sum, stopped: signal?.aborted ?? false }
}

const first = (target: RecutTarget): RecutAsk | null =>
  target === 'all' ? { after: 0 } : idsFrom(target, 0)

const after = ({ next }: RecutAnswer): RecutAsk | null => (next === null ? null : { after: next })

function idsFrom({ ids, recipes }: Exclude<RecutTarget, 'all'>, at: number): RecutAsk | null {
  const part = ids.slice(at, at + RECUT_IDS)
  return part.length === 0 ? null : { ids: part, recipes }
}
