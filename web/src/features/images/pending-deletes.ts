import { createStore, useStore } from '@/lib/store'
import { bulk } from './api/bulk'
import { deleteImage } from './api/delete-image'
import { dropFromSelection } from './selection/selection'

/** Deleted on the page, not yet on the server: there is time to undo. */
export const leaving = createStore<ReadonlySet<number>>(new Set())
export const useLeaving = () => useStore(leaving)

export function leave(ids: readonly number[]) {
  dropFromSelection(ids)
  leaving.set((now) => new Set([...now, ...ids]))
}

export function stay(ids: readonly number[]) {
  const back = new Set(ids)
  leaving.set((now) => new Set([...now].filter((id) => !back.has(id))))
}

/** A page that is closed does what it said that it did. */
export function removeOnLeave(): () => void {
  const flush = () => {
    const ids = [...leaving.get()]
    if (ids.length > 1) void bulk('delete', { ids }, { keepalive: true })
    else for (const id of ids) void deleteImage(id)
  }
  window.addEventListener('pagehide', flush)
  return () => window.removeEventListener('pagehide', flush)
}
