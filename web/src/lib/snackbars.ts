import { createStore, useStore } from './store'

export type Tone = 'info' | 'success' | 'error'

export interface Snackbar {
  id: number
  tone: Tone
  text: string
  /** Named files, lines or addresses. */
  items: string[]
  action?: { label: string; run: () => void }
  /** After so long it goes by itself, unless it is pointed at or has the focus; null: it stays. */
  lifeMs: number | null
  /** 0 to 1, of something that takes a while. */
  progress?: number
  onGone?: () => void
}

const store = createStore<Snackbar[]>([])
let lastId = 0

export function notify(
  tone: Tone,
  text: string,
  extra: Partial<Pick<Snackbar, 'items' | 'action' | 'lifeMs' | 'progress' | 'onGone'>> = {},
) {
  const id = ++lastId
  const lifeMs = extra.lifeMs === undefined ? (tone === 'error' ? 12_000 : 5_000) : extra.lifeMs
  const same = store
    .get()
    .some((bar) => bar.text === text && bar.items.join() === extra.items?.join())
  if (same && extra.action === undefined) return id
  store.set((bars) => [...bars, { items: [], ...extra, id, tone, text, lifeMs }])
  return id
}

export function dismiss(id: number) {
  const bar = store.get().find((one) => one.id === id)
  store.set((bars) => bars.filter((one) => one.id !== id))
  bar?.onGone?.()
}

export interface Progressing {
  update: (text: string, progress: number) => void
  end: () => void
}

/** How far something is that takes a while; the action stops it. Ahead of all others: it must be in sight. */
export function progressing(text: string, action: NonNullable<Snackbar['action']>): Progressing {
  const id = ++lastId
  const bar: Snackbar = { id, tone: 'info', text, items: [], action, lifeMs: null, progress: 0 }
  store.set((bars) => [bar, ...bars])
  return {
    update: (next, progress) =>
      store.set((bars) =>
        bars.map((one) => (one.id === id ? { ...one, text: next, progress } : one)),
      ),
    end: () => dismiss(id),
  }
}

export const useSnackbars = () => useStore(store)
