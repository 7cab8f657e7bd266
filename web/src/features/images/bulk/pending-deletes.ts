import { createStore } from '@/lib/store'
import { bulk } from '@/features/images/api/bulk'
import { deleteImage } from '@/features/images/api/delete-image'
import type { SelectionState } from '@/features/images/selection/selection'

/** Images that are deleted on the page but not yet on the server, so that the user can undo it. */
export class PendingDeletes {
  readonly store = createStore<ReadonlySet<number>>(new Set())

  constructor(private readonly selection: SelectionState) {}

  has(id: number) {
    return this.store.get().has(id)
  }

  add(ids: readonly number[]) {
    this.selection.drop(ids)
    this.store.set((now) => new Set([...now, ...ids]))
  }

  /** They are deleted on the server now, or the user has undone it. */
  remove(ids: readonly number[]) {
    const removed = new Set(ids)
    this.store.set((now) => new Set([...now].filter((id) => !removed.has(id))))
  }

  /** The user was told that the images are deleted, so closing the page must not keep them. */
  deleteWhenPageCloses() {
    window.addEventListener('pagehide', () => {
      const ids = [...this.store.get()]
      if (ids.length > 1) void bulk('delete', { ids }, { keepalive: true })
      else for (const id of ids) void deleteImage(id)
    })
  }
}
