import type { Recipes } from '@/lib/api/types'
import { createStore, useStore } from '@/lib/store'

/** What is being written. It outlives the dialog, and a reload, so that closing either loses nothing. */
export interface Draft {
  text: string
  /** The version that it was begun on. */
  version: number
}

const KEY = 'recipes-draft'

function recalled(): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null
  } catch {
    return null // No storage, or not ours.
  }
}

const store = createStore<Draft | null>(recalled())

store.subscribe(() => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(store.get()))
  } catch {
    // No storage, or full: it lives as long as the page.
  }
})

export const useDraft = () => useStore(store)
export const dropDraft = () => store.set(null)
export const setDraft = (draft: Draft) => store.set(draft)

/** Text that equals what is in force is no draft. */
export const write = (text: string, now: Recipes) =>
  store.set((draft) =>
    text === now.text ? null : { text, version: draft?.version ?? now.version },
  )
