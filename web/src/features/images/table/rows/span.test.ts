import { describe, expect, it } from 'vitest'
import { onServer, pagesOf, partOf, spanOf } from './span'

describe('spanOf', () => {
  it('includes the next page when its rows are near', () => {
    expect(spanOf(0, 10, 100_000)).toEqual({ first: 0, last: 0 })
    expect(spanOf(65, 75, 100_000)).toEqual({ first: 0, last: 1 })
    expect(spanOf(205, 215, 100_000)).toEqual({ first: 1, last: 2 })
  })

  it('does not go beyond the last row', () => {
    expect(spanOf(90, 99, 100)).toEqual({ first: 0, last: 0 })
    expect(spanOf(5000, 5010, 42)).toEqual({ first: 0, last: 0 })
    expect(spanOf(0, 0, 0)).toEqual({ first: 0, last: 0 })
  })

  it('is a list of pages', () => expect(pagesOf({ first: 3, last: 5 })).toEqual([3, 4, 5]))
})

describe('onServer', () => {
  it('skips rows that are not shown', () => {
    expect([0, 1, 2, 3].map((row) => onServer(row, [1, 2]))).toEqual([0, 3, 4, 5])
    expect(onServer(0, [0, 1])).toBe(2)
    expect(onServer(7, [])).toBe(7)
  })
})

describe('partOf', () => {
  it('holds a hundred thousand rows in every size', () =>
    expect([48, 84, 124].every((px) => partOf(px) >= 100_000)).toBe(true))
})
