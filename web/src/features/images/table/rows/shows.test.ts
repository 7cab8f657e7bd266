import { describe, expect, it } from 'vitest'
import type { ImageList } from '@/lib/api/types'
import { areComing, canShow, whatShows } from './shows'

const counts = { pending: 0, processed: 0, failed: 2, attention: 0 }
const list = (total: number): ImageList => ({ images: [], total, seq: 1, counts })

describe('canShow', () => {
  const answer = { data: undefined, error: null, isFetching: true }

  it('waits for the first rows', () => expect(canShow(answer)).toBe(false))

  it('takes cached rows while they are requested again', () =>
    expect(canShow({ ...answer, data: list(2) })).toBe(true))

  it('believes a list without rows only when the server confirms it', () => {
    expect(canShow({ ...answer, data: list(0) })).toBe(false)
    expect(canShow({ ...answer, data: list(0), isFetching: false })).toBe(true)
  })

  it('shows an error', () =>
    expect(canShow({ ...answer, error: new Error(), isFetching: false })).toBe(true))
})

describe('areComing', () => {
  it('is true for images that are counted and not listed', () => {
    expect(areComing(list(0), { status: 'failed' })).toBe(true)
    expect(areComing(list(0), {})).toBe(true)
    expect(areComing(list(0), { status: 'processed' })).toBe(false)
    expect(areComing(list(2), { status: 'failed' })).toBe(false)
  })
})

describe('whatShows', () => {
  const nothing = { count: 0, coming: false }

  it('is nothing only for the answer of this view', () => {
    expect(whatShows(nothing, false)).toBe('nothing')
    expect(whatShows(nothing, true)).toBe('loading')
    expect(whatShows({ ...nothing, coming: true }, false)).toBe('loading')
    expect(whatShows(null, false)).toBe('loading')
  })

  it('is rows, also those of the previous view', () =>
    expect(whatShows({ count: 1, coming: false }, true)).toBe('rows'))
})
