/** What is looked at in one sitting, and in what order: pure. Images stay in the queue when they are
 * decided, so that there is a way back. */
import type { Verdict } from '@/lib/api/types'

export type Outcome = Verdict['verdict']

export interface Queue {
  ids: readonly number[]
  /** Place of the one that is looked at; behind the last: the end. */
  at: number
  decided: ReadonlyMap<number, Outcome>
}

export const emptyQueue: Queue = { ids: [], at: 0, decided: new Map() }

/** What waits as the server has it, in order of id, and whether there is more behind. */
export interface Waiting {
  ids: readonly number[]
  total: number
}

export const current = ({ ids, at }: Queue): number | undefined => ids[at]

/** Takes new ones in, behind the last; those ahead that wait no more, as somebody else had them, go. */
export function withWaiting(queue: Queue, waiting: Waiting): Queue {
  const there = new Set(waiting.ids)
  const known = new Set(queue.ids)
  const last = waiting.total > waiting.ids.length ? (waiting.ids.at(-1) ?? 0) : Infinity
  const kept = queue.ids.filter(
    (id, place) => place <= queue.at || queue.decided.has(id) || there.has(id) || id > last,
  )
  const fresh = waiting.ids.filter((id) => !known.has(id))
  if (fresh.length === 0 && kept.length === queue.ids.length) return queue
  return { ...queue, ids: [...kept, ...fresh] }
}

export const step = (queue: Queue, by: number): Queue => ({
  ...queue,
  at: Math.max(0, Math.min(queue.ids.length, queue.at + by)),
})

export function goTo(queue: Queue, id: number): Queue {
  const at = queue.ids.indexOf(id)
  return at < 0 ? queue : { ...queue, at }
}

/** Marks it; when it was the one that is looked at, the next that waits is. */
export function decide(queue: Queue, id: number, outcome: Outcome): Queue {
  const decided = new Map(queue.decided).set(id, outcome)
  if (current(queue) !== id) return { ...queue, decided }
  const ahead = queue.ids.findIndex((one, place) => place > queue.at && !decided.has(one))
  return { ...queue, decided, at: ahead < 0 ? queue.ids.length : ahead }
}

function without(queue: Queue, id: number): Queue['decided'] {
  const decided = new Map(queue.decided)
  decided.delete(id)
  return decided
}

/** Takes the mark back and looks at it again. */
export const undecide = (queue: Queue, id: number): Queue =>
  goTo({ ...queue, decided: without(queue, id) }, id)

/** Its mark was not taken: it is the next to be looked at, without a jump under the hand. */
export function comeBack(queue: Queue, id: number): Queue {
  const decided = without(queue, id)
  const place = queue.ids.indexOf(id)
  if (place < 0 || place === queue.at) return { ...queue, decided }
  const at = place < queue.at ? queue.at - 1 : queue.at
  const others = queue.ids.filter((one) => one !== id)
  const to = Math.min(others.length, at + (at < others.length ? 1 : 0))
  return { ids: [...others.slice(0, to), id, ...others.slice(to)], at, decided }
}

/** Passed over without a verdict. */
export const skipped = ({ ids, at, decided }: Queue): number[] =>
  ids.filter((id, place) => place < at && !decided.has(id))

/** How many still wait: the server's sum without those that it has not heard of yet. */
export const leftOf = ({ decided }: Queue, { ids, total }: Waiting): number =>
  total - ids.filter((id) => decided.has(id)).length
