import { describe, expect, it } from 'vitest'
import type { Image, ImageList } from '@/lib/api/types'
import { anImage } from '@/testing/an-image'
import { joinChanges, mergeList } from './merge'
import { RecentImages } from './recent-images'

const counts = { pending: 1, processed: 0, failed: 0, attention: 0 }
const list = (...images: Image[]): ImageList => ({ images, total: images.length, seq: 10, counts })

const plain = { whole: true, counted: true }

describe('mergeList', () => {
  it('replaces a row with its newer state and keeps the others', () => {
    const a = anImage({ id: 1, seq: 3 })
    const b = anImage({ id: 2, seq: 4 })
    const newer = anImage({ id: 1, seq: 9, status: 'processed' })
    const merged = mergeList(list(a, b), { images: [newer], removed: [] }, plain)
    expect(merged.stale).toBe(false)
    expect(merged.list.images[0]).toBe(newer)
    expect(merged.list.images[1]).toBe(b)
  })

  it('ignores a state older than the shown one', () => {
    const shown = list(anImage({ id: 1, seq: 9, status: 'processed' }))
    const old = anImage({ id: 1, seq: 3, status: 'pending' })
    expect(mergeList(shown, { images: [old], removed: [] }, plain)).toEqual({
      list: shown,
      left: 0,
      stale: false,
    })
  })

  it('removes rows and is stale, because others move up', () => {
    const merged = mergeList(
      list(anImage({ id: 1 }), anImage({ id: 2 })),
      { images: [], removed: [1] },
      plain,
    )
    expect(merged.list.images.map(({ id }) => id)).toEqual([2])
    expect(merged.stale).toBe(true)
  })

  it('leaves images of other pages alone', () =>
    expect(mergeList(list(), { images: [anImage({ id: 7 })], removed: [] }, plain).stale).toBe(
      false,
    ))

  it('is stale when it is older than the server says', () => {
    const change = { images: [], removed: [] }
    expect(mergeList(list(), { ...change, asOf: 11 }, plain).stale).toBe(true)
    expect(mergeList(list(), { ...change, asOf: 10 }, plain).stale).toBe(false)
  })

  it('keeps its own counts', () => {
    const next = { ...counts, processed: 5 }
    const change = { images: [], removed: [], counts: next }
    expect(mergeList(list(), change, { whole: false, counted: false }).list.counts).toBe(counts)
  })

  it('is stale when the filter may no longer match', () => {
    const shown = list(anImage({ id: 1, seq: 1 }))
    const change = { images: [anImage({ id: 1, seq: 2 })], removed: [] }
    expect(mergeList(shown, change, { ...plain, whole: false }).stale).toBe(true)
  })

  it('is stale after a gap', () =>
    expect(mergeList(list(), { images: [], removed: [], gap: true }, plain).stale).toBe(true))

  it('updates the counts', () => {
    const next = { ...counts, processed: 5 }
    expect(mergeList(list(), { images: [], removed: [], counts: next }, plain).list.counts).toBe(
      next,
    )
  })
})

describe('joinChanges', () => {
  it('keeps the newest of each image, in any order', () => {
    const old = anImage({ id: 1, seq: 2 })
    const newer = anImage({ id: 1, seq: 5 })
    const joined = joinChanges({ images: [newer], removed: [] }, { images: [old], removed: [] })
    expect(joined.images).toEqual([newer])
  })

  it('drops an image that was removed later', () => {
    const joined = joinChanges(
      { images: [anImage({ id: 1 })], removed: [] },
      { images: [], removed: [1] },
    )
    expect(joined).toMatchObject({ images: [], removed: [1] })
  })

  it('keeps the last counts and any gap', () => {
    const joined = joinChanges(
      { images: [], removed: [], counts, gap: true },
      { images: [], removed: [] },
    )
    expect(joined).toMatchObject({ counts, gap: true })
  })
})

describe('RecentImages', () => {
  it('does not let a late answer show an old state again', () => {
    const newer = anImage({ id: 1, seq: 9, status: 'processed' })
    const recent = new RecentImages()
    recent.note([newer])
    expect(recent.update(list(anImage({ id: 1, seq: 3 }))).images).toEqual([newer])
  })

  it('does not show removed images again', () => {
    const recent = new RecentImages()
    recent.note([], [1])
    expect(
      recent.update(list(anImage({ id: 1 }), anImage({ id: 2 }))).images.map(({ id }) => id),
    ).toEqual([2])
  })
})
