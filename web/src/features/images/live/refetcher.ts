import { wait } from '@/lib/backoff'

const PAUSE_MS = 700
/** After a refetch that took t, the next one waits at least this many times t, to spare a slow server. */
const FACTOR = 4

/** Refetches soon after a change, and at most once at a time. A change during one leads to another. */
export class Refetcher {
  private running = false
  private again = false

  constructor(private readonly refetch: () => Promise<unknown>) {}

  async soon() {
    this.again = true
    if (this.running) return
    this.running = true
    let pause = PAUSE_MS
    while (this.again) {
      await wait(pause)
      this.again = false
      const start = performance.now()
      await this.refetch()
      pause = Math.max(PAUSE_MS, FACTOR * (performance.now() - start))
    }
    this.running = false
  }
}
