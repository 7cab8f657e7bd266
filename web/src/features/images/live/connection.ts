import { backoffMs, wait } from '@/lib/backoff'
import type { ImageList, LiveMessage } from '@/lib/api/types'
import type { ImageChange } from '@/lib/image-change'
import { Watchdog } from './watchdog'

export type Mode = 'connecting' | 'live' | 'polling' | 'offline'

export interface Socket {
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: (() => void) | null
  close(): void
}

export interface Sources {
  openSocket(): Socket
  /** What changed after `since`; with null only the current sequence number and counts. */
  changesSince(since: number | null, signal: AbortSignal): Promise<ImageList>
}

const POLL_MS = 2000
const HELLO_MS = 5000
export const POLL_LIMIT = 500

/** Receives changes over a WebSocket, or by polling while there is none; meanwhile it keeps trying to open
 * the socket. Each poll starts only after the previous one was answered. */
export class Connection {
  private polling: AbortController | null = null
  private socket: Socket | null = null
  private attempts = 0
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private stopped = false
  private readonly watchdog: Watchdog

  constructor(
    private readonly sources: Sources,
    private readonly onChange: (change: ImageChange) => void,
    private readonly onMode: (mode: Mode) => void,
    /** Everything up to here has been told already. */
    private seq: number | null = null,
  ) {
    this.watchdog = new Watchdog({
      known: () => this.seq,
      ask: async () => (await sources.changesSince(this.seq, new AbortController().signal)).seq,
      onDead: () => this.drop(),
    })
  }

  start() {
    this.connect()
  }

  stop() {
    this.stopped = true
    clearTimeout(this.retryTimer)
    this.stopPolling()
    this.watchdog.stop()
    this.socket?.close()
  }

  /** Does not wait for the close event: a dead socket takes minutes to close. */
  private drop() {
    const { socket } = this
    this.socket = null
    socket?.close()
    this.lost()
  }

  private connect() {
    let socket: Socket
    try {
      socket = this.sources.openSocket()
    } catch {
      this.lost()
      return
    }
    this.socket = socket
    // A proxy may accept the connection and pass nothing on.
    const hello = setTimeout(() => socket.close(), HELLO_MS)
    socket.onmessage = ({ data }) => {
      clearTimeout(hello)
      if (this.socket !== socket) return
      this.watchdog.reset()
      this.receive(JSON.parse(String(data)) as LiveMessage)
    }
    socket.onclose = () => {
      clearTimeout(hello)
      if (this.socket !== socket) return
      this.socket = null
      this.lost()
    }
  }

  private receive(message: LiveMessage) {
    if (message.type === 'hello') {
      const missed = this.seq !== null && this.seq !== message.seq
      const recovered = this.polling !== null
      this.attempts = 0
      this.stopPolling()
      this.onMode('live')
      if (missed || recovered) this.onChange({ images: [], removed: [], gap: true })
    }
    // A server with a new store starts counting again.
    this.seq = message.type === 'hello' ? message.seq : Math.max(this.seq ?? 0, message.seq)
    const { images = [], ids = [], counts } = message
    if (images.length > 0 || ids.length > 0 || counts)
      this.onChange({
        images,
        removed: ids,
        seq: this.seq,
        ...(message.type === 'hello' ? { asOf: message.seq } : {}),
        ...(counts ? { counts } : {}),
      })
  }

  private lost() {
    if (this.stopped) return
    this.watchdog.stop()
    this.attempts++
    this.retryTimer = setTimeout(() => this.connect(), backoffMs(this.attempts, null))
    if (!this.polling) void this.poll()
  }

  private stopPolling() {
    this.polling?.abort()
    this.polling = null
  }

  private async poll() {
    const { signal } = (this.polling = new AbortController())
    let failures = 0
    while (!signal.aborted) {
      try {
        const more = await this.ask(signal)
        failures = 0
        if (!more) await wait(POLL_MS, signal)
      } catch (error) {
        if (signal.aborted) return
        this.onMode('offline')
        await wait(backoffMs(++failures, error), signal).catch(() => undefined)
      }
    }
  }

  /** One poll; true when the response was full, so that more changes are waiting. */
  private async ask(signal: AbortSignal): Promise<boolean> {
    const first = this.seq === null
    const answer = await this.sources.changesSince(this.seq, signal)
    if (signal.aborted) return false
    // A server with a new store starts counting again.
    const anew = this.seq !== null && answer.seq < this.seq
    this.seq = answer.seq
    this.onMode('polling')
    this.onChange({
      images: first ? [] : answer.images,
      removed: answer.removed ?? [],
      counts: answer.counts,
      seq: answer.seq,
      gap: first || anew || answer.reset === true,
    })
    return !first && answer.images.length >= POLL_LIMIT
  }
}
