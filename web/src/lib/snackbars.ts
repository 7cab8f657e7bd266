import { createStore, useStore } from './store'

export type Tone = 'info' | 'success' | 'error'

export interface Snackbar {
  id: number
  tone: Tone
  text: string
  /** Named files, lines or addresses. */
  items: string[]
  action?: { label: string; run: () => void }
  /** After so long it goes by itself, unless it is pointed at or has the focus. */
  lifeMs: number
  onGone?: () => void
}

const store = createStore<Snackbar[]>([])
let lastId = 0

export function notify(
  tone: Tone,
  text: string,
  extra: Partial<Pick<Snackbar, 'items' | 'action' | 'lifeMs' | 'onGone'>> = {},
) {
  const id = ++lastId
  const lifeMs = extra.lifeMs ?? (tone === 'error' ? 12_000 : 5_000)
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

export const useSnackbars = () => useStore(store)
