import { describe, expect, it, vi } from 'vitest'
import type { bulk, BulkAnswer } from './api/bulk'
import { reasonsOf, runBulk } from './bulk-run'

type Send = typeof bulk
const answer = (part: Partial<BulkAnswer> = {}): BulkAnswer => ({
  done: [],
  skipped: [],
  more: false,
  ...part,
})
const answers = (...parts: Partial<BulkAnswer>[]) => {
  const left = [...parts]
  return vi.fn<Send>(() => Promise.resolve(answer(left.shift())))
}
const range = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

describe('runBulk', () => {
  it('sends many ids in portions and adds up', async () => {
    const send = answers({ done: range(500) }, { done: range(500) }, { done: [1] })
    const { done } = await runBulk('delete', { ids: range(1001) }, undefined, send)
    expect(done).toHaveLength(1001)
    const sizes = send.mock.calls.map(([, target]) => ('ids' in target ? target.ids.length : 0))
    expect(sizes).toEqual([500, 500, 1])
  })

  it('asks again while the filter matches more', async () => {
    const send = answers({ done: [1, 2], more: true }, { done: [3] })
    const { done } = await runBulk('delete', { filter: { batch: 'a' } }, undefined, send)
    expect(done).toEqual([1, 2, 3])
  })

  it('does not go round for ever with one that fails again at once', async () => {
    const send = answers(...range(9).map(() => ({ done: [1], more: true })))
    await runBulk('retry', { filter: {} }, undefined, send)
    expect(send).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['retry', 'failed'],
    ['cancel', 'pending'],
    ['delete', undefined],
  ] as const)('%s of a view is for the %s of it', async (action, status) => {
    const send = answers({})
    await runBulk(action, { filter: { q: 'a' } }, undefined, send)
    expect(send).toHaveBeenCalledWith(action, { filter: { q: 'a', status } })
  })

  it('tells each part before the next can fail', async () => {
    const told: number[] = []
    const send = answers({ done: [1], more: true })
    send.mockImplementationOnce(() => Promise.resolve(answer({ done: [1], more: true })))
    send.mockImplementationOnce(() => Promise.reject(new Error('away')))
    const run = runBulk('delete', { filter: {} }, ({ done }) => told.push(...done), send)
    await expect(run).rejects.toThrow('away')
    expect(told).toEqual([1])
  })
})

describe('reasonsOf', () => {
  it('counts by reason, the most frequent first', () => {
    const skip = (id: number, code: string) => ({ id, code, message: code })
    const found = reasonsOf([skip(1, 'not_found'), skip(2, 'not_failed'), skip(3, 'not_failed')])
    expect(found.map(({ reason, count }) => [reason.code, count])).toEqual([
      ['not_failed', 2],
      ['not_found', 1],
    ])
  })
})
