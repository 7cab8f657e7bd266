import type { Recipes } from '@/lib/api/types'
import { createStore, useStore } from '@/lib/store'

/** What is being written. It outlives the dialog, so that closing it loses nothing. */
export interface Draft {
  text: string
  /** The version that it was begun on. */
  version: number
}

const store = createStore<Draft | null>(null)

export const useDraft = () => useStore(store)
export const dropDraft = () => store.set(null)
export const setDraft = (draft: Draft) => store.set(draft)

/** Text that equals what is in force is no draft. */
export const write = (text: string, now: Recipes) =>
  store.set((draft) =>
    text === now.text ? null : { text, version: draft?.version ?? now.version },
  )
