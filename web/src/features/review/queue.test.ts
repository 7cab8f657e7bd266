import { describe, expect, it } from 'vitest'
import {
  comeBack,
  current,
  decide,
  emptyQueue,
  goTo,
  leftOf,
  type Queue,
  skipped,
  step,
  undecide,
  withWaiting,
} from './queue'

const waiting = (...ids: number[]) => ({ ids, total: ids.length })
const queue = (...ids: number[]): Queue => withWaiting(emptyQueue, waiting(...ids))

describe('the queue', () => {
  it('takes new ones in behind, and each once', () =>
    expect(withWaiting(queue(1, 2), waiting(1, 2, 3)).ids).toEqual([1, 2, 3]))

  it('lets those ahead go that wait no more', () =>
    expect(withWaiting(queue(1, 2, 3), waiting(1, 3)).ids).toEqual([1, 3]))

  it('keeps what lies behind the page that was asked for', () =>
    expect(withWaiting(queue(1, 2, 3, 9), { ids: [1, 3], total: 50 }).ids).toEqual([1, 3, 9]))

  it('keeps the one that is looked at, those before it, and the decided', () => {
    const far = step(queue(1, 2, 3), 1)
    expect(withWaiting(decide(far, 3, 'approved'), waiting()).ids).toEqual([1, 2, 3])
  })

  it('goes on with the next that waits', () => {
    const third = decide(queue(1, 2, 3), 2, 'approved')
    expect(current(decide(third, 1, 'rejected'))).toBe(3)
  })

  it('ends behind the last', () => {
    const end = decide(queue(1), 1, 'approved')
    expect(current(end)).toBe(undefined)
    expect(current(step(end, 1))).toBe(undefined)
    expect(current(step(end, -1))).toBe(1)
  })

  it('goes on when more came after the end', () => {
    const end = decide(queue(1), 1, 'approved')
    expect(current(withWaiting(end, waiting(2)))).toBe(2)
  })

  it('goes back to one whose mark is taken back', () => {
    const back = undecide(decide(queue(1, 2), 1, 'approved'), 1)
    expect(current(back)).toBe(1)
    expect(back.decided.has(1)).toBe(false)
  })

  it('shows one that comes back next, and leaves the one in sight', () => {
    const back = comeBack(decide(queue(1, 2, 3), 1, 'approved'), 1)
    expect(current(back)).toBe(2)
    expect(back.ids).toEqual([2, 1, 3])
    expect(back.decided.size).toBe(0)
  })

  it('shows one that comes back at the end at once', () => {
    const back = comeBack(decide(queue(1), 1, 'approved'), 1)
    expect(current(back)).toBe(1)
  })

  it('knows what was passed over', () => {
    const far = step(decide(queue(1, 2, 3), 1, 'approved'), 1)
    expect(skipped(far)).toEqual([2])
    expect(current(goTo(far, 2))).toBe(2)
  })

  it('counts what is left without those that the server has not heard of', () => {
    const one = decide(queue(1, 2, 3), 1, 'approved')
    expect(leftOf(one, { ids: [1, 2, 3], total: 40 })).toBe(39)
    expect(leftOf(one, { ids: [2, 3], total: 39 })).toBe(39)
  })
})
