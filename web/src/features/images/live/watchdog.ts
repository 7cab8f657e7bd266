import { wait } from '@/lib/backoff'

/** So long may nothing be heard before it is asked whether there was nothing to hear. */
const SILENT_MS = 40_000
/** What is on its way meanwhile may still come. */
const GRACE_MS = 3000

interface Watched {
  /** The last seq that was told. */
  known: () => number | null
  /** The seq of the server. */
  ask: () => Promise<number>
  /** The server is further than we were told, or does not answer. */
  onDead: () => void
}

/** A connection can die without a word: a network was changed, a laptop slept. The pings of the server are
 * kept from the page, so after some silence it asks the server itself and compares. */
export class Watchdog {
  private timer: ReturnType<typeof setTimeout> | undefined
  private rounds = 0

  constructor(private readonly watched: Watched) {}

  heard() {
    this.stop()
    const round = this.rounds
    this.timer = setTimeout(() => void this.look(round), SILENT_MS)
  }

  stop() {
    this.rounds++
    clearTimeout(this.timer)
  }

  private async look(round: number) {
    const dead = await this.isDead()
    if (round !== this.rounds) return
    if (dead) this.watched.onDead()
    else this.heard()
  }

  private async isDead(): Promise<boolean> {
    try {
      const seq = await this.watched.ask()
      if (seq === this.watched.known()) return false
      await wait(GRACE_MS)
      return true // Had it been told, this round would be over.
    } catch {
      return true
    }
  }
}
