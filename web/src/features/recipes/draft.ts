import type { Recipes } from '@/lib/api/types'
import { createStore, type Store } from '@/lib/store'

/** Recipes that are being edited. The draft survives closing the dialog and reloading the page. */
export interface Draft {
  text: string
  /** The version of the saved recipes that the draft started from. */
  version: number
}

export type DraftStore = Store<Draft | null>

const KEY = 'recipes-draft'

export function createDraftStore(): DraftStore {
  const store = createStore(storedDraft())
  store.subscribe(() => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(store.get()))
    } catch {
      // Storage is full or not available; then the draft lasts until the page is closed.
    }
  })
  return store
}

function storedDraft(): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null
  } catch {
    return null // No storage, or not JSON.
  }
}

/** A text that equals the active recipes is not a draft. */
export const updateDraft = (store: DraftStore, text: string, now: Recipes) =>
  store.set((draft) =>
    text === now.text ? null : { text, version: draft?.version ?? now.version },
  )
