import { wait } from '@/lib/backoff'

/** After this long without a message the server is asked whether there was anything to tell. */
const SILENT_MS = 40_000
/** A message that is already on its way may still arrive. */
const GRACE_MS = 3000

interface Watched {
  /** The last sequence number that was told. */
  known: () => number | null
  /** Asks the server for its sequence number. */
  ask: () => Promise<number>
  /** The server has changes that were not told, or does not respond. */
  onDead: () => void
}

/** Detects a dead connection. It can die silently, when the network changes or a laptop sleeps, and browsers
 * hide WebSocket pings from the page. So after some silence it asks the server and compares. */
export class Watchdog {
  private timer: ReturnType<typeof setTimeout> | undefined
  private rounds = 0

  constructor(private readonly watched: Watched) {}

  reset() {
    this.stop()
    const round = this.rounds
    this.timer = setTimeout(() => void this.check(round), SILENT_MS)
  }

  stop() {
    this.rounds++
    clearTimeout(this.timer)
  }

  private async check(round: number) {
    const dead = await this.isDead()
    if (round !== this.rounds) return
    if (dead) this.watched.onDead()
    else this.reset()
  }

  private async isDead(): Promise<boolean> {
    try {
      const seq = await this.watched.ask()
      if (seq === this.watched.known()) return false
      await wait(GRACE_MS)
      return true // A message during the wait would have started a new round.
    } catch {
      return true
    }
  }
}
