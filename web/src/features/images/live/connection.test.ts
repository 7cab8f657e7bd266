import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { networkError } from '@/lib/api/error'
import type { ImageList } from '@/lib/api/types'
import { anImage } from '@/testing/an-image'
import { Connection, type Socket } from './connection'
import type { ImageChange } from '@/lib/image-change'

const counts = { pending: 0, processed: 0, failed: 0, attention: 0 }
const answer = (seq: number, ...ids: number[]): ImageList => ({
  images: ids.map((id) => anImage({ id })),
  total: ids.length,
  seq,
  counts,
})

class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  close() {
    this.onclose?.()
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

function setUp(changesSince: (since: number | null) => Promise<ImageList>) {
  const sockets: FakeSocket[] = []
  const changes: ImageChange[] = []
  const modes: string[] = []
  const asked: (number | null)[] = []
  const connection = new Connection(
    {
      openSocket: () => {
        const socket = new FakeSocket()
        sockets.push(socket)
        return socket
      },
      changesSince: (since) => {
        asked.push(since)
        return changesSince(since)
      },
    },
    (change) => changes.push(change),
    (mode) => modes.push(mode),
  )
  connection.start()
  return { sockets, changes, modes, asked, connection }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('Connection', () => {
  it('passes on what the socket says and does not poll', () => {
    const { sockets, changes, modes, asked } = setUp(() => Promise.reject(networkError()))
    sockets[0]?.say({ type: 'hello', seq: 5 })
    sockets[0]?.say({ type: 'changed', seq: 6, images: [anImage({ id: 3 })] })
    sockets[0]?.say({ type: 'removed', seq: 7, ids: [3] })
    expect(modes).toEqual(['live'])
    expect(changes.map(({ images, removed }) => [images.length, removed])).toEqual([
      [1, []],
      [0, [3]],
    ])
    expect(asked).toEqual([])
  })

  it('polls from the last sequence number when the socket breaks, and stops when it is back', async () => {
    const { sockets, changes, modes, asked } = setUp((since) =>
      Promise.resolve(answer((since ?? 0) + 1, 9)),
    )
    sockets[0]?.say({ type: 'hello', seq: 5 })
    sockets[0]?.close()
    await vi.advanceTimersByTimeAsync(100)
    expect(asked).toEqual([5])
    expect(modes.at(-1)).toBe('polling')
    await vi.advanceTimersByTimeAsync(2000)
    expect(asked).toEqual([5, 6])
    sockets.at(-1)?.say({ type: 'hello', seq: 9 })
    expect(modes.at(-1)).toBe('live')
    expect(changes.at(-1)?.gap).toBe(true)
    const times = asked.length
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked).toHaveLength(times)
  })

  it('starts the next poll only after the last was answered', async () => {
    let free: (list: ImageList) => void = () => undefined
    const { sockets, asked } = setUp(() => new Promise((resolve) => (free = resolve)))
    sockets[0]?.close()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(asked).toHaveLength(1)
    free(answer(1))
    await vi.advanceTimersByTimeAsync(2100)
    expect(asked).toHaveLength(2)
  })

  it('says offline when nothing answers, and goes on trying', async () => {
    const { sockets, modes, asked } = setUp(() => Promise.reject(networkError()))
    sockets[0]?.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(modes.at(-1)).toBe('offline')
    expect(asked.length).toBeGreaterThan(2)
  })

  it('gives up on a silent socket', async () => {
    const { asked, modes } = setUp(() => Promise.resolve(answer(1)))
    await vi.advanceTimersByTimeAsync(6000)
    expect(asked.length).toBeGreaterThan(0)
    expect(modes.at(-1)).toBe('polling')
  })

  it('reports images removed while it polled, and when it cannot', async () => {
    let reset = false
    const { sockets, changes } = setUp((since) =>
      Promise.resolve({ ...answer((since ?? 0) + 1), removed: [4], reset }),
    )
    sockets[0]?.say({ type: 'hello', seq: 5 })
    sockets[0]?.close()
    await vi.advanceTimersByTimeAsync(100)
    expect(changes.at(-1)).toMatchObject({ removed: [4], gap: false })
    reset = true
    await vi.advanceTimersByTimeAsync(2000)
    expect(changes.at(-1)?.gap).toBe(true)
  })

  it('drops a socket that is silent while the server has news', async () => {
    const { sockets, modes } = setUp(() => Promise.resolve(answer(6, 3)))
    sockets[0]?.say({ type: 'hello', seq: 5 })
    await vi.advanceTimersByTimeAsync(42_000)
    expect(modes).toEqual(['live'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(modes).toContain('polling')
    expect(sockets.length).toBeGreaterThan(1)
    sockets[0]?.say({ type: 'changed', seq: 9, images: [anImage({ id: 3 })] })
    expect(modes.at(-1)).toBe('polling')
  })

  it('keeps a socket that is silent because nothing happens', async () => {
    const { sockets, modes, asked } = setUp(() => Promise.resolve(answer(5)))
    sockets[0]?.say({ type: 'hello', seq: 5 })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(modes).toEqual(['live'])
    expect(asked).toEqual([5, 5])
    expect(sockets).toHaveLength(1)
  })

  it('does nothing after stop', async () => {
    const { asked, connection, sockets } = setUp(() => Promise.resolve(answer(1)))
    connection.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual([])
    expect(sockets).toHaveLength(1)
  })
})
