import { useSyncExternalStore } from 'react'
import { useServices } from './services'

const TICK_MS = 10_000

/** One timer for all rows that show how long ago something was. It runs only while something listens. */
export class Clock {
  private now = Date.now()
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly listeners = new Set<() => void>()

  readonly get = () => this.now

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    this.timer ??= setInterval(() => this.tick(), TICK_MS)
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
    }
  }

  private tick() {
    this.now = Date.now()
    for (const listener of [...this.listeners]) listener()
  }
}

export function useNow(): number {
  const { clock } = useServices()
  return useSyncExternalStore(clock.subscribe, clock.get)
}
