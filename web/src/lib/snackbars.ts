import { createStore } from './store'

export type Tone = 'info' | 'success' | 'error'

export interface Snackbar {
  id: number
  tone: Tone
  text: string
  /** Names of the files, lines or URLs that the text is about. */
  items: string[]
  action?: { label: string; run: () => void }
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
    const bar = { items: [], ...extra, id: ++this.lastId, tone, text, lifeMs }
    this.store.set((bars) => [...bars, bar])
  }

  dismiss(id: number) {
    const bar = this.store.get().find((one) => one.id === id)
    this.store.set((bars) => bars.filter((one) => one.id !== id))
    bar?.onGone?.()
  }

  /** Shows the progress of something that takes a while; the action stops it. It goes before all others, so
   * that it is always in sight. */
  showProgress(text: string, action: NonNullable<Snackbar['action']>): ProgressBar {
    const id = ++this.lastId
    const bar: Snackbar = { id, tone: 'info', text, items: [], action, lifeMs: null, progress: 0 }
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
