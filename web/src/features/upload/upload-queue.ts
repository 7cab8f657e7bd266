import { ApiError, errorText } from '@/lib/api/error'
import { backoffMs, wait } from '@/lib/backoff'
import { createStore } from '@/lib/store'
import { type Sendable, type Sent, sendFile } from './api/send-file'

export type UploadState =
  'waiting' | 'sending' | 'retrying' | 'paused' | 'done' | 'existing' | 'failed' | 'cancelled'

export interface Upload {
  id: number
  name: string
  size: number
  loaded: number
  /** Bytes a second, while it is sent. */
  rate: number
  state: UploadState
  error: string
}

interface Job extends Sendable {
  abort: AbortController
  startedAt: number
}

const AT_ONCE = 4
const TRIES_OFFLINE = 8
const TRIES_BUSY = 60
/** A speed that is measured over less says nothing. */
const RATE_MS = 300

const open: readonly UploadState[] = ['waiting', 'sending', 'retrying', 'paused']
export const isOpen = ({ state }: Pick<Upload, 'state'>) => open.includes(state)
export const isMoving = ({ state }: Pick<Upload, 'state'>) =>
  isOpen({ state }) && state !== 'paused'

/** Uploads wait here and go out a few at a time; what the server cannot take now is sent again later. */
export class UploadQueue {
  readonly store = createStore<readonly Upload[]>([])
  /** Heard at each change of state. */
  onState: (upload: Upload) => void = () => undefined
  private readonly items = new Map<number, Upload>()
  private readonly jobs = new Map<number, Job>()
  private running = 0
  private lastId = 0
  private busyUntil = 0
  private pendingPaint = false

  constructor(private readonly send: typeof sendFile = sendFile) {}

  /** Answers the ids. `paused`: they wait until they are told to go on. */
  add(files: readonly Sendable[], paused = false): number[] {
    const state = paused ? 'paused' : 'waiting'
    const ids = files.map((one) => {
      const { name, file } = one
      const id = ++this.lastId
      this.jobs.set(id, { ...one, abort: new AbortController(), startedAt: 0 })
      this.items.set(id, { id, name, size: file.size, loaded: 0, rate: 0, state, error: '' })
      return id
    })
    this.paint()
    this.pump()
    return ids
  }

  cancel(id: number) {
    this.halt(id, 'cancelled')
  }

  /** What was sent of it is sent again when it goes on. */
  pause(id: number) {
    this.halt(id, 'paused')
  }

  resume(id: number) {
    this.again(id, ['paused'])
  }

  retry(id: number) {
    this.again(id, ['failed', 'cancelled'])
  }

  cancelAll() {
    for (const { id } of this.items.values()) this.cancel(id)
  }

  pauseAll() {
    // Those that wait first: else they would take the place of those that stop.
    for (const { id, state } of this.items.values()) if (state === 'waiting') this.pause(id)
    for (const { id } of this.items.values()) this.pause(id)
  }

  resumeAll() {
    for (const { id } of this.items.values()) this.resume(id)
  }

  retryFailed() {
    for (const { id, state } of this.items.values()) if (state === 'failed') this.retry(id)
  }

  clear() {
    for (const item of this.items.values())
      if (!isOpen(item)) {
        this.jobs.delete(item.id)
        this.items.delete(item.id)
      }
    this.paint()
  }

  /** Is one open that passes the test? As it is now; the store is told a little later. */
  someOpen(test: (id: number) => boolean = () => true): boolean {
    for (const item of this.items.values()) if (isOpen(item) && test(item.id)) return true
    return false
  }

  private halt(id: number, state: 'paused' | 'cancelled') {
    const item = this.items.get(id)
    if (!item || !isOpen(item) || item.state === state) return
    this.change(id, { state, loaded: 0, rate: 0 })
    this.jobs.get(id)?.abort.abort(new DOMException(state, 'AbortError'))
  }

  private again(id: number, from: readonly UploadState[]) {
    const job = this.jobs.get(id)
    const item = this.items.get(id)
    if (!job || !item || !from.includes(item.state)) return
    this.jobs.set(id, { ...job, abort: new AbortController() })
    this.change(id, { state: 'waiting', loaded: 0, error: '' })
    this.pump()
  }

  private pump() {
    if (this.running >= AT_ONCE) return
    for (const { id, state } of this.items.values()) {
      if (state !== 'waiting') continue
      this.running++
      this.change(id, { state: 'sending' })
      void this.run(id).finally(() => {
        this.running--
        this.pump()
      })
      if (this.running >= AT_ONCE) return
    }
  }

  private async run(id: number) {
    const job = this.jobs.get(id)
    if (!job) return
    try {
      const { existing } = await this.sendUntilTaken(id, job)
      if (job.abort.signal.aborted) return
      this.change(id, { state: existing ? 'existing' : 'done', loaded: job.file.size, rate: 0 })
    } catch (error) {
      if (job.abort.signal.aborted) return
      this.change(id, { state: 'failed', rate: 0, error: errorText(error) })
    }
  }

  private async sendUntilTaken(id: number, job: Job): Promise<Sent> {
    const { signal } = job.abort
    for (let attempt = 1; ; attempt++) {
      // One "busy" holds all back: the others would only hear the same.
      if (this.busyUntil > Date.now()) await wait(this.busyUntil - Date.now(), signal)
      try {
        job.startedAt = performance.now()
        return await this.send(job, (loaded) => this.progress(id, job, loaded), signal)
      } catch (error) {
        const tries = error instanceof ApiError && error.status === 0 ? TRIES_OFFLINE : TRIES_BUSY
        if (!(error instanceof ApiError) || !error.passing || attempt >= tries) throw error
        const pause = backoffMs(attempt, error)
        if (error.status === 503) this.busyUntil = Date.now() + pause
        this.change(id, { state: 'retrying', loaded: 0, rate: 0 })
        await wait(pause, signal)
      }
    }
  }

  private progress(id: number, { abort, startedAt }: Job, loaded: number) {
    if (abort.signal.aborted) return
    const ms = performance.now() - startedAt
    this.change(id, {
      loaded,
      state: 'sending',
      ...(ms > RATE_MS ? { rate: (loaded / ms) * 1000 } : {}),
    })
  }

  private change(id: number, change: Partial<Upload>) {
    const item = this.items.get(id)
    if (!item) return
    const next = { ...item, ...change }
    this.items.set(id, next)
    if (next.state !== item.state) this.onState(next)
    this.paint()
  }

  /** Progress comes faster than eyes see: the store hears of it ten times a second at most. */
  private paint() {
    if (this.pendingPaint) return
    this.pendingPaint = true
    setTimeout(() => {
      this.pendingPaint = false
      this.store.set([...this.items.values()])
    }, 100)
  }
}
