import type { Mode } from './connection'
import type { ImageChange } from '@/lib/image-change'
import { Watchdog } from './watchdog'

export interface ConnectionHandle {
  stop(): void
}

interface Listener {
  onChange: (change: ImageChange) => void
  onMode: (mode: Mode) => void
}

export interface Shared extends Listener {
  /** Tabs with the same name share one connection. */
  name: string
  /** Opens the connection. Everything up to `seq` has been told already. */
  connect: (listener: Listener, seq: number | null) => ConnectionHandle
  ask: () => Promise<number>
}

type Message =
  | { kind: 'change'; change: ImageChange; mode: Mode }
  | { kind: 'mode'; mode: Mode; seq: number | null }
  | { kind: 'who' }

/** One connection for all tabs of a browser. The tab that holds a Web Lock has the connection and passes
 * changes on to the others. When that tab is closed, the browser gives the lock to the next tab. Browsers
 * have no locks over plain http to another machine; there each tab has a connection of its own. */
export function shareConnection(shared: Shared): ConnectionHandle {
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis))
    return shared.connect(shared, null)
  const tab = new SharedConnection(shared)
  tab.start()
  return tab
}

class SharedConnection implements ConnectionHandle {
  private readonly channel: BroadcastChannel
  private readonly ended = new AbortController()
  private connection: ConnectionHandle | null = null
  private mode: Mode = 'connecting'
  private seq: number | null = null
  private readonly watchdog: Watchdog

  constructor(private readonly shared: Shared) {
    this.channel = new BroadcastChannel(shared.name)
    this.watchdog = new Watchdog({
      known: () => this.seq,
      ask: shared.ask,
      // The tab that has the connection is silent, so this tab takes over.
      onDead: () => this.requestLock({ steal: true }),
    })
  }

  start() {
    this.channel.onmessage = ({ data }) => this.receive(data as Message)
    this.post({ kind: 'who' })
    this.watchdog.reset()
    this.requestLock({ signal: this.ended.signal })
  }

  stop() {
    this.ended.abort()
    this.release()
    this.watchdog.stop()
    this.channel.close()
  }

  private post(message: Message) {
    this.channel.postMessage(message)
  }

  private requestLock(options: LockOptions) {
    navigator.locks
      .request(this.shared.name, options, () => this.lead())
      // Another tab took the lock, or this connection was stopped.
      .catch(() => {
        this.release()
        if (!this.ended.signal.aborted) this.requestLock({ signal: this.ended.signal })
      })
  }

  /** Holds the lock until the page ends or another tab takes it. */
  private lead(): Promise<void> {
    this.watchdog.stop()
    this.connection ??= this.shared.connect(
      {
        onChange: (change) => {
          this.apply(change)
          this.post({ kind: 'change', change, mode: this.mode })
        },
        onMode: (mode) => {
          this.show(mode)
          this.post({ kind: 'mode', mode, seq: this.seq })
        },
      },
      this.seq,
    )
    return new Promise((_, reject) =>
      this.ended.signal.addEventListener('abort', () => reject(new Error('closed'))),
    )
  }

  private release() {
    this.connection?.stop()
    this.connection = null
    if (!this.ended.signal.aborted) this.watchdog.reset()
  }

  private receive(message: Message) {
    if (message.kind === 'who') {
      if (this.connection) this.post({ kind: 'mode', mode: this.mode, seq: this.seq })
      return
    }
    if (this.connection) return // This tab has the connection, so it knows better.
    this.watchdog.reset()
    this.show(message.mode)
    if (message.kind === 'change') this.apply(message.change)
    // Changes before this tab opened: lists older than that are requested again.
    else if (message.seq !== null)
      this.apply({ images: [], removed: [], seq: message.seq, asOf: message.seq })
  }

  private apply(change: ImageChange) {
    this.seq = change.seq ?? this.seq
    this.shared.onChange(change)
  }

  private show(mode: Mode) {
    this.mode = mode
    this.shared.onMode(mode)
  }
}
