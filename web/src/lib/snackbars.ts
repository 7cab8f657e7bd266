import { createStore } from './store'

export type Tone = 'info' | 'success' | 'error'

export interface Snackbar {
  id: number
  tone: Tone
  text: string
  /** Names of the files, lines or URLs that the text is about. */
  items: string[]
  /** `undoes`: it undoes what the notification is about, as Ctrl+Z does. */
  action?: { label: string; run: () => void; undoes?: true }
  /** When it was made, as of performance.now(). */
  at: number
  /** It disappears after this time, unless the pointer or the focus is on it; null: it stays. */
  lifeMs: number | null
  /** 0 to 1, for something that takes a while. */
  progress?: number
  onGone?: () => void
}

export interface ProgressBar {
  update: (text: string, progress: number) => void
  end: () => void
}

type Extra = Partial<Pick<Snackbar, 'items' | 'action' | 'lifeMs' | 'onGone'>>

/** The notifications that are shown or waiting to be shown. */
export class Snackbars {
  readonly store = createStore<Snackbar[]>([])
  private lastId = 0

  /** The same text with the same items is shown once, unless it has an action: each may do something else. */
  notify(tone: Tone, text: string, extra: Extra = {}) {
    const { items, action, lifeMs = tone === 'error' ? 12_000 : 5_000 } = extra
    const isShown = this.store
      .get()
      .some((bar) => bar.text === text && bar.items.join() === items?.join())
    if (isShown && action === undefined) return
    const bar = {
      items: [],
      ...extra,
      id: ++this.lastId,
      at: performance.now(),
      tone,
      text,
      lifeMs,
    }
    this.store.set((bars) => [...bars, bar])
  }

  dismiss(id: number) {
    const bar = this.store.get().find((one) => one.id === id)
    this.store.set((bars) => bars.filter((one) => one.id !== id))
    bar?.onGone?.()
  }

  /** The newest notification of something that can be undone, or null. */
  lastUndo(): { at: number; run: () => void } | null {
    const bar = this.store.get().findLast(({ action }) => action?.undoes)
    if (!bar) return null
    const run = () => {
      bar.action?.run()
      this.dismiss(bar.id)
    }
    return { at: bar.at, run }
  }

  /** Shows the progress of something that takes a while; the action stops it. It goes before all others, so
   * that it is always in sight. */
  showProgress(text: string, action: NonNullable<Snackbar['action']>): ProgressBar {
    const id = ++this.lastId
    const bar: Snackbar = {
      id,
      at: performance.now(),
      tone: 'info',
      text,
      items: [],
      action,
      lifeMs: null,
      progress: 0,
    }
    this.store.set((bars) => [bar, ...bars])
    return {
      update: (next, progress) =>
        this.store.set((bars) =>
          bars.map((one) => (one.id === id ? { ...one, text: next, progress } : one)),
        ),
      end: () => this.dismiss(id),
    }
  }
}
