import { ApiError, errorText } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { notify } from '@/lib/snackbars'
import { createStore, useStore } from '@/lib/store'
import { texts } from '@/lib/texts'
import { deleteImage } from './api/delete-image'
import { retryImage } from './api/retry-image'
import { applyChange } from './live/feed'
import { nameOf } from './naming'

const UNDO_MS = 7000

/** Deleted on the page, not yet on the server: there is time to undo. */
const leaving = createStore<ReadonlySet<number>>(new Set())
export const useLeaving = () => useStore(leaving)

const without = (id: number) => (now: ReadonlySet<number>) =>
  new Set([...now].filter((one) => one !== id))

export function removeImage(image: Image) {
  const name = nameOf(image)
  leaving.set((now) => new Set([...now, image.id]))
  notify('info', texts.actions.removed(name), {
    lifeMs: UNDO_MS,
    action: { label: texts.undo, run: () => leaving.set(without(image.id)) },
    onGone: () => {
      if (leaving.get().has(image.id)) void removeNow(image.id, name)
    },
  })
}

async function removeNow(id: number, name: string) {
  try {
    await deleteImage(id)
  } catch (error) {
    // That it is gone already is what was wanted.
    if (!(error instanceof ApiError && error.status === 404)) {
      leaving.set(without(id))
      notify('error', texts.actions.failed(name, errorText(error)))
      return
    }
  }
  applyChange({ images: [], removed: [id] })
  leaving.set(without(id))
}

/** A page that is closed does what it said that it did. */
export function removeOnLeave(): () => void {
  const flush = () => {
    for (const id of leaving.get()) void deleteImage(id)
  }
  window.addEventListener('pagehide', flush)
  return () => window.removeEventListener('pagehide', flush)
}

export async function retryOne(image: Image) {
  const name = nameOf(image)
  try {
    applyChange({ images: [await retryImage(image.id)], removed: [] })
    notify('success', texts.actions.retried(name))
  } catch (error) {
    notify('error', texts.actions.failed(name, errorText(error)))
  }
}
