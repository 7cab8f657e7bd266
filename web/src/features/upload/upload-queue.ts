import { ApiError, errorText } from '@/lib/api/error'
import { backoffMs, wait } from '@/lib/backoff'
import { createStore } from '@/lib/store'
import { type Sendable, type Sent, sendFile } from './api/send-file'

export type UploadState =
  'waiting' | 'sending' | 'retrying' | 'done' | 'known' | 'failed' | 'cancelled'

export interface Upload {
  id: number
  name: string
  size: number
  loaded: number
  state: UploadState
  error: string
}

interface Job extends Sendable {
  abort: AbortController
}

const AT_ONCE = 4
const TRIES_OFFLINE = 8
const TRIES_BUSY = 60

/** Uploads wait here and go out a few at a time; what the server cannot take now is sent again later. */
export class UploadQueue {
  readonly store = createStore<readonly Upload[]>([])
  onSettled: (upload: Upload) => void = () => undefined
  private readonly jobs = new Map<number, Job>()
  private running = 0
  private lastId = 0
  private busyUntil = 0
  private pendingPaint = false
  private items: Upload[] = []

  constructor(private readonly send: typeof sendFile = sendFile) {}

  add(files: readonly Sendable[]) {
    const added = files.map((one): Upload => {
      const { name, file } = one
      const id = ++this.lastId
      this.jobs.set(id, { ...one, abort: new AbortController() })
      return { id, name, size: file.size, loaded: 0, state: 'waiting', error: '' }
    })
    this.items = [...this.items, ...added]
    this.paint()
    this.pump()
  }

  cancel(id: number) {
    const item = this.find(id)
    if (!item || !isOpen(item)) return
    this.change(id, { state: 'cancelled' })
    this.jobs.get(id)?.abort.abort(new DOMException('Cancelled', 'AbortError'))
  }

  cancelAll() {
    for (const { id } of this.items) this.cancel(id)
  }

  retry(id: number) {
    const job = this.jobs.get(id)
    const item = this.find(id)
    if (!job || !item || (item.state !== 'failed' && item.state !== 'cancelled')) return
    job.abort = new AbortController()
    this.change(id, { state: 'waiting', loaded: 0, error: '' })
    this.pump()
  }

  retryFailed() {
    for (const { id, state } of this.items) if (state === 'failed') this.retry(id)
  }

  clear() {
    for (const item of this.items) if (!isOpen(item)) this.jobs.delete(item.id)
    this.items = this.items.filter(isOpen)
    this.paint()
  }

  private pump() {
    while (this.running < AT_ONCE) {
      const next = this.items.find((item) => item.state === 'waiting')
      if (!next) return
      this.running++
      this.change(next.id, { state: 'sending' })
      void this.run(next.id).finally(() => {
        this.running--
        this.pump()
      })
    }
  }

  private async run(id: number) {
    const job = this.jobs.get(id)
    if (!job) return
    try {
      const sent = await this.sendUntilTaken(id, job)
      this.settle(id, { state: sent.known ? 'known' : 'done', loaded: this.find(id)?.size ?? 0 })
    } catch (error) {
      if (job.abort.signal.aborted) return
      this.settle(id, { state: 'failed', error: errorText(error) })
    }
  }

  private async sendUntilTaken(id: number, job: Job): Promise<Sent> {
    const { signal } = job.abort
    for (let attempt = 1; ; attempt++) {
      // One "busy" holds all back: the others would only hear the same.
      if (this.busyUntil > Date.now()) await wait(this.busyUntil - Date.now(), signal)
      try {
        const onProgress = (loaded: number) => this.change(id, { loaded, state: 'sending' })
        return await this.send(job, onProgress, signal)
      } catch (error) {
        const tries = error instanceof ApiError && error.status === 0 ? TRIES_OFFLINE : TRIES_BUSY
        if (!(error instanceof ApiError) || !error.passing || attempt >= tries) throw error
        const pause = backoffMs(attempt, error)
        if (error.status === 503) this.busyUntil = Date.now() + pause
        this.change(id, { state: 'retrying', loaded: 0 })
        await wait(pause, signal)
      }
    }
  }

  private settle(id: number, change: Partial<Upload>) {
    this.change(id, change)
    const item = this.find(id)
    if (item) this.onSettled(item)
  }

  private find(id: number) {
    return this.items.find((item) => item.id === id)
  }

  private change(id: number, change: Partial<Upload>) {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...change } : item))
    this.paint()
  }

  /** Progress comes faster than eyes see: the store hears of it ten times a second at most. */
  private paint() {
    if (this.pendingPaint) return
    this.pendingPaint = true
    setTimeout(() => {
      this.pendingPaint = false
      this.store.set(this.items)
    }, 100)
  }
}

export const isOpen = ({ state }: Upload) =>
  state === 'waiting' || state === 'sending' || state === 'retrying'
