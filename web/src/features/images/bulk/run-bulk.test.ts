import { describe, expect, it, vi } from 'vitest'
import type { BulkAnswer } from '@/lib/api/types'
import { anImage } from '@/testing/an-image'
import type { bulk } from '@/features/images/api/bulk'
import type { listImages } from '@/lib/api/list-images'
import { countReasons, runBulk, type Skipped } from './run-bulk'

type Send = typeof bulk
const skip = (id: number, code: Skipped['code']): Skipped => ({ id, code, message: code })
const answers = (...parts: Partial<BulkAnswer>[]) => {
  const left = [...parts]
  return vi.fn<Send>(() =>
    Promise.resolve({ done: [], skipped: [], more: false, next: null, ...left.shift() }),
  )
}
const counts = { pending: 0, processed: 0, failed: 3, attention: 0 }
const list = vi.fn<typeof listImages>()
const range = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

describe('runBulk', () => {
  it('sends many ids in parts and adds up', async () => {
    const send = answers(
      { done: [1] },
      { done: [2], skipped: [skip(7, 'not_found')] },
      { done: [3] },
    )
    const sum = await runBulk('delete', { ids: range(2001) }, { calls: { send, list } })
    expect(sum).toEqual({ done: [1, 2, 3], skipped: [skip(7, 'not_found')], stopped: false })
    const sizes = send.mock.calls.map(([, target]) => ('ids' in target ? target.ids.length : 0))
    expect(sizes).toEqual([1000, 1000, 1])
  })

  it('calls again while the filter matches more, from where the last call ended', async () => {
    const send = answers({ done: [5], more: true, next: 812 }, { done: [900] })
    const told: number[] = []
    const target = { filter: { batch: 'a' } }
    await runBulk('delete', target, {
      onPart: ({ done }) => told.push(...done),
      calls: { send, list },
    })
    expect(told).toEqual([5, 900])
    expect(send.mock.calls.map(([, , options]) => options)).toEqual([{ after: 0 }, { after: 812 }])
  })

  it('stops when the server says that there is more but not from where', async () => {
    const send = answers({ done: [1], more: true }, { done: [1] })
    await runBulk('retry', { filter: {} }, { calls: { send, list } })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['retry', 'failed'],
    ['cancel', 'pending'],
    ['delete', undefined],
  ] as const)('%s of a view is for the %s of it', async (action, status) => {
    const send = answers({})
    await runBulk(action, { filter: { q: 'a' } }, { calls: { send, list } })
    expect(send).toHaveBeenCalledWith(action, { filter: { q: 'a', status } }, { after: 0 })
  })

  it('keeps a status that the filter has', async () => {
    const send = answers({})
    await runBulk('retry', { filter: { status: 'processed' } }, { calls: { send, list } })
    expect(send.mock.calls[0]?.[1]).toEqual({ filter: { status: 'processed' } })
  })
})

describe('runBulk, stopped or with exceptions', () => {
  it('stops between two calls, and says so', async () => {
    const send = answers({ done: [1], more: true, next: 500 }, { done: [2] })
    const stop = new AbortController()
    const sum = await runBulk(
      'delete',
      { filter: {} },
      { onPart: () => stop.abort(), signal: stop.signal, calls: { send, list } },
    )
    expect(sum).toEqual({ done: [1], skipped: [], stopped: true })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('excludes single images by listing the ids of the others first', async () => {
    const send = answers({ done: [1, 3] })
    const images = [1, 2, 3].map((id) => anImage({ id }))
    list.mockResolvedValueOnce({ images, total: 3, seq: 9, counts })
    await runBulk('retry', { filter: { q: 'a' }, except: new Set([2]) }, { calls: { send, list } })
    expect(list.mock.calls[0]?.[0]).toMatchObject({ q: 'a', status: 'failed', offset: 0 })
    expect(send.mock.calls.map(([, target]) => target)).toEqual([{ ids: [1, 3] }])
  })
})

describe('countReasons', () => {
  it('counts by reason, the most frequent first', () => {
    const found = countReasons([skip(1, 'not_found'), skip(2, 'not_failed'), skip(3, 'not_failed')])
    expect(found.map(({ reason, count }) => [reason.code, count])).toEqual([
      ['not_failed', 2],
      ['not_found', 1],
    ])
  })
})
