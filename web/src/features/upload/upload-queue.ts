import { ApiError } from '@/lib/api/error'
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
  /** Bytes per second, while it is being sent. */
  rate: number
  state: UploadState
  /** Why it failed. */
  error: unknown
}

interface Job extends Sendable {
  abort: AbortController
  startedAt: number
}

const AT_ONCE = 4
const TRIES_OFFLINE = 8
const TRIES_BUSY = 60
/** A rate measured over less time than this is not reliable. */
const RATE_MS = 300

const open: readonly UploadState[] = ['waiting', 'sending', 'retrying', 'paused']
export const isOpen = ({ state }: Pick<Upload, 'state'>) => open.includes(state)
export const isMoving = ({ state }: Pick<Upload, 'state'>) =>
  isOpen({ state }) && state !== 'paused'

/** Sends uploads a few at a time. When the server is busy, they are sent again later. */
export class UploadQueue {
  readonly store = createStore<readonly Upload[]>([])
  /** Called at each change of state. */
  onState: (upload: Upload) => void = () => undefined
  private readonly items = new Map<number, Upload>()
  private readonly jobs = new Map<number, Job>()
  private running = 0
  private lastId = 0
  private busyUntil = 0
  private publishing = false

  constructor(private readonly send: typeof sendFile = sendFile) {}

  /** Returns the ids. With `paused` they wait until they are resumed. */
  add(files: readonly Sendable[], paused = false): number[] {
    const state = paused ? 'paused' : 'waiting'
    const ids = files.map((one) => {
      const { name, file } = one
      const id = ++this.lastId
      this.jobs.set(id, { ...one, abort: new AbortController(), startedAt: 0 })
      this.items.set(id, { id, name, size: file.size, loaded: 0, rate: 0, state, error: null })
      return id
    })
    this.publish()
    this.pump()
    return ids
  }

  cancel(id: number) {
    this.halt(id, 'cancelled')
  }

  /** A resumed upload starts again from its first byte. */
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
    // The waiting ones first: otherwise they would start when the running ones stop.
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
    this.publish()
  }

  /** Whether any upload is open. It is up to date, while the store lags a little behind. */
  someOpen(): boolean {
    for (const item of this.items.values()) if (isOpen(item)) return true
    return false
  }

  openIds(): ReadonlySet<number> {
    return new Set([...this.items.values()].filter(isOpen).map(({ id }) => id))
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
    this.change(id, { state: 'waiting', loaded: 0, error: null })
    this.pump()
  }

  private pump() {
    this.start(false)
    this.start(true)
  }

  /** Starts uploads that are one of many, or those that are not, as far as there is room. */
  private start(bulk: boolean) {
    for (const { id, state } of this.items.values()) {
      if (this.running >= AT_ONCE) return
      if (state !== 'waiting' || (this.jobs.get(id)?.bulk ?? false) !== bulk) continue
      this.running++
      this.change(id, { state: 'sending' })
      void this.run(id).finally(() => {
        this.running--
        this.pump()
      })
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
      this.change(id, { state: 'failed', rate: 0, error })
    }
  }

  private async sendUntilTaken(id: number, job: Job): Promise<Sent> {
    const { signal } = job.abort
    for (let attempt = 1; ; attempt++) {
      // When the server is busy for one upload, it is busy for all.
      if (this.busyUntil > Date.now()) await wait(this.busyUntil - Date.now(), signal)
      try {
        job.startedAt = performance.now()
        return await this.send(job, (loaded) => this.progress(id, job, loaded), signal)
      } catch (error) {
        const tries = error instanceof ApiError && error.status === 0 ? TRIES_OFFLINE : TRIES_BUSY
        if (!(error instanceof ApiError) || !error.isTransient || attempt >= tries) throw error
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
    this.publish()
  }

  /** Updates the store at most ten times a second, because progress events come much more often. */
  private publish() {
    if (this.publishing) return
    this.publishing = true
    setTimeout(() => {
      this.publishing = false
      this.store.set([...this.items.values()])
    }, 100)
  }
}
