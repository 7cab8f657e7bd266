import type { Mode } from './connection'
import type { Change } from './merge'
import { Watchdog } from './watchdog'

export interface Link {
  stop(): void
}

interface Hearer {
  onChange: (change: Change) => void
  onMode: (mode: Mode) => void
}

export interface Shared extends Hearer {
  /** The same for all pages that may share. */
  name: string
  /** Opens the connection. `seq`: what was told already. */
  connect: (hearer: Hearer, seq: number | null) => Link
  ask: () => Promise<number>
}

type Word =
  | { kind: 'change'; change: Change; mode: Mode }
  | { kind: 'mode'; mode: Mode; seq: number | null }
  | { kind: 'who' }

/** One connection for all tabs of a browser. The tab that holds a lock has it and passes on what it hears;
 * when the tab is closed the browser gives the lock to the next. Where there are no locks, as over plain http
 * in a local network, each tab has its own. */
export function share(shared: Shared): Link {
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis))
    return shared.connect(shared, null)
  const tab = new Tab(shared)
  tab.start()
  return tab
}

class Tab implements Link {
  private readonly channel: BroadcastChannel
  private readonly ended = new AbortController()
  private link: Link | null = null
  private mode: Mode = 'connecting'
  private seq: number | null = null
  private readonly watch: Watchdog

  constructor(private readonly shared: Shared) {
    this.channel = new BroadcastChannel(shared.name)
    this.watch = new Watchdog({
      known: () => this.seq,
      ask: shared.ask,
      // Whoever has the connection tells us nothing: we take it over.
      onDead: () => this.queue({ steal: true }),
    })
  }

  start() {
    this.channel.onmessage = ({ data }) => this.hear(data as Word)
    this.say({ kind: 'who' })
    this.watch.heard()
    this.queue({ signal: this.ended.signal })
  }

  stop() {
    this.ended.abort()
    this.lose()
    this.watch.stop()
    this.channel.close()
  }

  private say(word: Word) {
    this.channel.postMessage(word)
  }

  private queue(options: LockOptions) {
    navigator.locks
      .request(this.shared.name, options, () => this.lead())
      // It was taken over, or we are closed.
      .catch(() => {
        this.lose()
        if (!this.ended.signal.aborted) this.queue({ signal: this.ended.signal })
      })
  }

  /** Until the page ends, or another takes the lock over. */
  private lead(): Promise<void> {
    this.watch.stop()
    this.link ??= this.shared.connect(
      {
        onChange: (change) => {
          this.take(change)
          this.say({ kind: 'change', change, mode: this.mode })
        },
        onMode: (mode) => {
          this.show(mode)
          this.say({ kind: 'mode', mode, seq: this.seq })
        },
      },
      this.seq,
    )
    return new Promise((_, reject) =>
      this.ended.signal.addEventListener('abort', () => reject(new Error('closed'))),
    )
  }

  private lose() {
    this.link?.stop()
    this.link = null
    if (!this.ended.signal.aborted) this.watch.heard()
  }

  private hear(word: Word) {
    if (word.kind === 'who') {
      if (this.link) this.say({ kind: 'mode', mode: this.mode, seq: this.seq })
      return
    }
    if (this.link) return // Ours is the word.
    this.watch.heard()
    this.show(word.mode)
    if (word.kind === 'change') this.take(word.change)
    // What was told before we came: lists that are older are asked for again.
    else if (word.seq !== null)
      this.take({ images: [], removed: [], seq: word.seq, asOf: word.seq })
  }

  private take(change: Change) {
    this.seq = change.seq ?? this.seq
    this.shared.onChange(change)
  }

  private show(mode: Mode) {
    this.mode = mode
    this.shared.onMode(mode)
  }
}
