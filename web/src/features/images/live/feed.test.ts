import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listKey, type ViewParams } from '@/lib/api/list-images'
import type { ImageList } from '@/lib/api/types'
import { anImage } from '@/testing/an-image'
import { LiveFeed } from './feed'

const counts = { pending: 0, processed: 0, failed: 0, attention: 0 }
const pending: ViewParams = { status: 'pending', sort: 'id', order: 'desc' }
const spring: ViewParams = { batch: 'spring', sort: 'id', order: 'desc' }
let client: QueryClient
let feed: LiveFeed

const put = (params: ViewParams, page: number, ids: number[], total: number) =>
  client.setQueryData<ImageList>([...listKey, params, page], {
    images: ids.map((id) => anImage({ id, seq: id })),
    total,
    seq: 100,
    counts,
  })
const page = (params: ViewParams, at: number) =>
  client.getQueryData<ImageList>([...listKey, params, at])

beforeEach(() => {
  vi.useFakeTimers()
  client = new QueryClient()
  feed = new LiveFeed(client)
})
afterEach(() => vi.useRealTimers())

describe('the total of a list', () => {
  it('loses images that leave the filter, which are no longer shown', () => {
    put(pending, 0, [3, 2, 1], 230)
    feed.apply({ images: [anImage({ id: 2, seq: 101, status: 'processed' })], removed: [] })
    expect(page(pending, 0)?.images.map(({ id }) => id)).toEqual([3, 1])
    expect(page(pending, 0)?.total).toBe(229)
  })

  it('loses removed images of all of its pages, and only its own', () => {
    put(spring, 0, [9, 8], 4)
    put(spring, 1, [7, 6], 4)
    put(pending, 0, [9], 1)
    feed.apply({ images: [], removed: [8, 7] })
    expect(page(spring, 0)?.total).toBe(2)
    expect(page(spring, 1)?.total).toBe(2)
    expect(page(pending, 0)?.total).toBe(1)
  })

  it('is asked for again when an image of a page that is not loaded is removed', async () => {
    put(spring, 0, [9, 8], 230)
    feed.apply({ images: [], removed: [1] })
    await vi.advanceTimersByTimeAsync(5000)
    expect(client.getQueryState([...listKey, spring, 0])?.isInvalidated).toBe(true)
  })
})
