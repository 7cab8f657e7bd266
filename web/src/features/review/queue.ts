/** The images of one review session and their order. Pure functions. Images stay in the queue after their
 * decision, so that the user can go back. */
import type { Verdict } from '@/lib/api/types'

export type Outcome = Verdict['verdict']

export interface Queue {
  ids: readonly number[]
  /** Index of the current image; after the last image: the end. */
  at: number
  decided: ReadonlyMap<number, Outcome>
}

export const emptyQueue: Queue = { ids: [], at: 0, decided: new Map() }

/** The server's list of images that need review, by id, and how many there are in all. */
export interface Waiting {
  ids: readonly number[]
  total: number
}

export const current = ({ ids, at }: Queue): number | undefined => ids[at]

/** Adds new images to the end, and removes those ahead that somebody else has reviewed. */
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

/** Records a decision. If it was on the current image, the next undecided one becomes the current image. */
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

/** Removes the decision and makes that image the current one again. */
export const undecide = (queue: Queue, id: number): Queue =>
  goTo({ ...queue, decided: without(queue, id) }, id)

/** The decision was not saved. The image comes next, so that the current one does not change unexpectedly. */
export function comeBack(queue: Queue, id: number): Queue {
  const decided = without(queue, id)
  const place = queue.ids.indexOf(id)
  if (place < 0 || place === queue.at) return { ...queue, decided }
  const at = place < queue.at ? queue.at - 1 : queue.at
  const others = queue.ids.filter((one) => one !== id)
  const to = Math.min(others.length, at + (at < others.length ? 1 : 0))
  return { ids: [...others.slice(0, to), id, ...others.slice(to)], at, decided }
}

/** The images before the current one that have no decision. */
export const skipped = ({ ids, at, decided }: Queue): number[] =>
  ids.filter((id, place) => place < at && !decided.has(id))

/** How many are left: the server's total without the decisions that it has not received yet. */
export const leftOf = ({ decided }: Queue, { ids, total }: Waiting): number =>
  total - ids.filter((id) => decided.has(id)).length
