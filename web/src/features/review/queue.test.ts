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
  it('adds new images to the end, each once', () =>
    expect(withWaiting(queue(1, 2), waiting(1, 2, 3)).ids).toEqual([1, 2, 3]))

  it('removes images ahead that need no review any more', () =>
    expect(withWaiting(queue(1, 2, 3), waiting(1, 3)).ids).toEqual([1, 3]))

  it('keeps images beyond the requested page', () =>
    expect(withWaiting(queue(1, 2, 3, 9), { ids: [1, 3], total: 50 }).ids).toEqual([1, 3, 9]))

  it('keeps the current image, those before it, and the decided ones', () => {
    const far = step(queue(1, 2, 3), 1)
    expect(withWaiting(decide(far, 3, 'approved'), waiting()).ids).toEqual([1, 2, 3])
  })

  it('continues with the next undecided image', () => {
    const third = decide(queue(1, 2, 3), 2, 'approved')
    expect(current(decide(third, 1, 'rejected'))).toBe(3)
  })

  it('ends after the last image', () => {
    const end = decide(queue(1), 1, 'approved')
    expect(current(end)).toBe(undefined)
    expect(current(step(end, 1))).toBe(undefined)
    expect(current(step(end, -1))).toBe(1)
  })

  it('continues when more images arrive after the end', () => {
    const end = decide(queue(1), 1, 'approved')
    expect(current(withWaiting(end, waiting(2)))).toBe(2)
  })

  it('goes back to the image whose decision is undone', () => {
    const back = undecide(decide(queue(1, 2), 1, 'approved'), 1)
    expect(current(back)).toBe(1)
    expect(back.decided.has(1)).toBe(false)
  })

  it('shows a returned image next, and keeps the current one', () => {
    const back = comeBack(decide(queue(1, 2, 3), 1, 'approved'), 1)
    expect(current(back)).toBe(2)
    expect(back.ids).toEqual([2, 1, 3])
    expect(back.decided.size).toBe(0)
  })

  it('shows a returned image immediately at the end', () => {
    const back = comeBack(decide(queue(1), 1, 'approved'), 1)
    expect(current(back)).toBe(1)
  })

  it('knows which images were skipped', () => {
    const far = step(decide(queue(1, 2, 3), 1, 'approved'), 1)
    expect(skipped(far)).toEqual([2])
    expect(current(goTo(far, 2))).toBe(2)
  })

  it('counts what is left without the decisions that the server has not received', () => {
    const one = decide(queue(1, 2, 3), 1, 'approved')
    expect(leftOf(one, { ids: [1, 2, 3], total: 40 })).toBe(39)
    expect(leftOf(one, { ids: [2, 3], total: 39 })).toBe(39)
  })
})
