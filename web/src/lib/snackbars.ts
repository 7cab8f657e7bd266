import { createStore } from './store'

export type Tone = 'info' | 'success' | 'error'

export interface Snackbar {
  id: number
  tone: Tone
  text: string
  /** Names of the files, lines or URLs that the text is about. */
  items: string[]
  /** `undoes`: it undoes what the notification is about, as Ctrl+Z does: while the notification is shown, or as
   * long as the page is open. */
  action?: { label: string; run: () => void | Promise<void>; undoes?: 'while-shown' | 'always' }
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

interface Undo {
  /** Of the notification. */
  id: number
  at: number
  run: () => void
  kept: boolean
}

/** More than anybody takes back. */
const MOST_UNDOS = 200

/** The notifications that are shown or waiting to be shown, and what can be undone. */
export class Snackbars {
  readonly store = createStore<Snackbar[]>([])
  /** In the order of what was done. */
  private undos: Undo[] = []
  private lastId = 0
  /** Ends when the undos that were asked for are done; null when none is running. */
  private undoing: Promise<void> | null = null

  /** The same text with the same items is shown once, unless it has an action: each may do something else. */
  notify(tone: Tone, text: string, extra: Extra = {}) {
    const { items, lifeMs = tone === 'error' ? 12_000 : 5_000 } = extra
    const id = ++this.lastId
    const at = performance.now()
    const action = extra.action && this.noted(extra.action, id, at)
    const isShown = this.store
      .get()
      .some((bar) => bar.text === text && bar.items.join() === items?.join())
    if (isShown && action === undefined) return
    const bar = {
      items: [],
      ...extra,
      ...(action ? { action } : {}),
      id,
      at,
      tone,
      text,
      lifeMs,
    }
    this.store.set((bars) => [...bars, bar])
  }

  dismiss(id: number) {
    const bar = this.store.get().find((one) => one.id === id)
    this.store.set((bars) => bars.filter((one) => one.id !== id))
    this.undos = this.undos.filter((undo) => undo.id !== id || undo.kept)
    bar?.onGone?.()
  }

  /** The last thing that was done and can be undone, or null. */
  lastUndo(): { at: number; run: () => void } | null {
    const undo = this.undos.at(-1)
    if (!undo) return null
    const run = () => {
      undo.run()
      this.dismiss(undo.id)
    }
    return { at: undo.at, run }
  }

  /** Notes an action that undoes something. Nothing is undone twice. */
  private noted(action: NonNullable<Snackbar['action']>, id: number, at: number) {
    if (!action.undoes) return action
    const run = () => {
      this.undos = this.undos.filter((undo) => undo.id !== id)
      this.oneByOne(action.run)
    }
    const undo = { id, at, run, kept: action.undoes === 'always' }
    this.undos = [...this.undos, undo].slice(-MOST_UNDOS)
    return { ...action, run }
  }

  /** An undo looks at what the one before it has left, so it waits for that. */
  private oneByOne(run: () => void | Promise<void>) {
    const result = this.undoing ? this.undoing.then(run) : run()
    if (!(result instanceof Promise)) return
    const undoing: Promise<void> = result
      .catch(() => undefined) // Whoever runs says what failed.
      .finally(() => {
        if (this.undoing === undoing) this.undoing = null
      })
    this.undoing = undoing
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
