import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, networkError } from '@/lib/api/error'
import type { Sent } from './api/send-file'
import { UploadQueue } from './upload-queue'

const taken: Sent = { message: '', id: 1, imageId: 1, status: 'pending', existing: false }
const busy = (retryAfterMs: number) => new ApiError('queue_full', 'Full.', '', 503, retryAfterMs)
const file = (name: string) => ({ file: new Blob(['x']), name, format: 'jpeg', batch: '' })
const states = (queue: UploadQueue) => queue.store.get().map(({ state }) => state)

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('UploadQueue', () => {
  it('sends at most four at once', async () => {
    let open = 0
    let most = 0
    const queue = new UploadQueue(async () => {
      most = Math.max(most, ++open)
      await new Promise((done) => setTimeout(done, 50))
      open--
      return taken
    })
    queue.add(Array.from({ length: 40 }, (_, n) => file(`${n}.jpg`)))
    await vi.advanceTimersByTimeAsync(5000)
    expect(most).toBe(4)
    expect(states(queue).every((state) => state === 'done')).toBe(true)
  })

  it('sends single files before those that were added in bulk', async () => {
    const sent: string[] = []
    const queue = new UploadQueue(async ({ name }) => {
      sent.push(name)
      await new Promise((done) => setTimeout(done, 50))
      return taken
    })
    queue.add(Array.from({ length: 40 }, (_, n) => ({ ...file(`${n}.jpg`), bulk: true })))
    queue.add([file('single.jpg')])
    await vi.advanceTimersByTimeAsync(5000)
    expect(sent).toHaveLength(41)
    expect(sent.indexOf('single.jpg')).toBe(4) // after those that were being sent already
  })

  it('waits as long as a busy server asks, then retries', async () => {
    const times: number[] = []
    const queue = new UploadQueue(() => {
      times.push(Date.now())
      return times.length === 1 ? Promise.reject(busy(3000)) : Promise.resolve(taken)
    })
    queue.add([file('a.jpg')])
    await vi.advanceTimersByTimeAsync(2900)
    expect(times).toHaveLength(1)
    expect(states(queue)).toEqual(['retrying'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(times).toHaveLength(2)
    expect(states(queue)).toEqual(['done'])
  })

  it('gives up on a rejected image at once, and names the reason', async () => {
    const send = vi.fn(() =>
      Promise.reject(new ApiError('image_corrupt', 'Damaged.', '', 422, null)),
    )
    const queue = new UploadQueue(send)
    queue.add([file('a.jpg'), file('b.jpg')])
    await vi.advanceTimersByTimeAsync(1000)
    expect(send).toHaveBeenCalledTimes(2)
    expect(queue.store.get()[0]).toMatchObject({
      state: 'failed',
      error: { serverMessage: 'Damaged.' },
    })
  })

  it('gives up when the server stays unreachable, and retries on request', async () => {
    let away = true
    const queue = new UploadQueue(() =>
      away ? Promise.reject(networkError()) : Promise.resolve(taken),
    )
    queue.add([file('a.jpg')])
    await vi.advanceTimersByTimeAsync(300_000)
    expect(states(queue)).toEqual(['failed'])
    away = false
    queue.retryFailed()
    await vi.advanceTimersByTimeAsync(500)
    expect(states(queue)).toEqual(['done'])
  })

  it('pauses running and waiting uploads, and resumes them', async () => {
    let hold = true
    const send = vi.fn((_what: unknown, _progress: unknown, signal: AbortSignal): Promise<Sent> =>
      hold
        ? new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error)),
          )
        : Promise.resolve(taken),
    )
    const queue = new UploadQueue(send)
    queue.add(Array.from({ length: 6 }, (_, n) => file(`${n}.jpg`)))
    await vi.advanceTimersByTimeAsync(200)
    queue.pauseAll()
    await vi.advanceTimersByTimeAsync(5000)
    expect(send).toHaveBeenCalledTimes(4)
    expect(states(queue)).toEqual(Array(6).fill('paused'))
    expect(queue.someOpen()).toBe(true)
    hold = false
    queue.resume(2)
    await vi.advanceTimersByTimeAsync(200)
    expect(states(queue).map((state) => state === 'done')).toEqual([
      false,
      true,
      false,
      false,
      false,
      false,
    ])
    queue.resumeAll()
    await vi.advanceTimersByTimeAsync(200)
    expect(states(queue)).toEqual(Array(6).fill('done'))
    expect(queue.someOpen()).toBe(false)
  })

  it('cancels running and waiting uploads', async () => {
    const queue = new UploadQueue(
      (_what, _progress, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    )
    queue.add(Array.from({ length: 6 }, (_, n) => file(`${n}.jpg`)))
    await vi.advanceTimersByTimeAsync(200)
    queue.cancelAll()
    await vi.advanceTimersByTimeAsync(200)
    expect(states(queue)).toEqual(Array(6).fill('cancelled'))
    queue.clear()
    await vi.advanceTimersByTimeAsync(200)
    expect(queue.store.get()).toEqual([])
  })
})
