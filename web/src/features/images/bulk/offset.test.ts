import { describe, expect, it } from 'vitest'
import type { OffsetAnswer } from '@/lib/api/types'
import { allPages, isAllowed, offsetOf } from './offset'

const planned = { x: 100, y: 200, w: 200, h: 400 }

describe('offsetOf', () => {
  it('of the same box is zero', () =>
    expect(offsetOf(planned, planned)).toEqual({ x: 0, y: 0, scale: 1 }))

  it('is relative to the planned box', () =>
    expect(offsetOf(planned, { ...planned, x: 120, y: 160 })).toEqual({
      x: 0.1,
      y: -0.1,
      scale: 1,
    }))

  it('of a larger box with the same centre is only a scale', () =>
    expect(offsetOf(planned, { x: 0, y: 0, w: 400, h: 800 })).toEqual({ x: 0, y: 0, scale: 2 }))
})

it('a shift that is too far is not allowed', () => {
  expect(isAllowed({ x: 0, y: 2, scale: 5 })).toBe(true)
  expect(isAllowed({ x: 2.1, y: 0, scale: 1 })).toBe(false)
  expect(isAllowed({ x: 0, y: 0, scale: 0.1 })).toBe(false)
})

describe('allPages', () => {
  const changed = (id: number): OffsetAnswer['changed'][number] => ({
    id,
    name: `${id}`,
    width: 1,
    height: 1,
    planned: [0, 0, 1, 1],
    box: [0, 0, 1, 1],
  })
  const pages: Record<number, OffsetAnswer> = {
    0: { looked: 250, changed: [changed(1), changed(2)], skipped: 248, next: 250 },
    250: { looked: 10, changed: [changed(251)], skipped: 9, next: null },
  }

  it('adds up the pages and reports the sum after each', async () => {
    const seen: number[] = []
    const sum = await allPages(
      (after) => Promise.resolve(pages[after] as OffsetAnswer),
      2,
      ({ looked }) => seen.push(looked),
    )
    expect(seen).toEqual([250, 260])
    expect(sum).toMatchObject({ looked: 260, changed: 3, skipped: 257 })
    expect(sum.first.map(({ id }) => id)).toEqual([1, 2])
  })

  it('stops at the first error', () =>
    expect(
      allPages(
        () => Promise.reject(new Error('no')),
        2,
        () => undefined,
      ),
    ).rejects.toThrow('no'))
})
