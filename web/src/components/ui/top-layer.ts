import { createStore, useStore } from '@/lib/store'

/** The open dialogs, topmost last. What must stay usable above one is put into it: the rest is inert. */
const dialogs = createStore<readonly HTMLElement[]>([])

export function enterTopLayer(dialog: HTMLElement): () => void {
  dialogs.set((open) => [...open, dialog])
  return () => dialogs.set((open) => open.filter((one) => one !== dialog))
}

export const useTopLayer = () => useStore(dialogs).at(-1) ?? null
