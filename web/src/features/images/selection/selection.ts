import { createStore } from '@/lib/store'

/** The images that the next bulk action applies to. */
export interface Selection {
  ids: ReadonlySet<number>
  /** All images that match the view, except those in `except`; then `ids` is empty. */
  all: boolean
  except: ReadonlySet<number>
  /** The row where a range with Shift starts. */
  anchor: number | null
}

const none: ReadonlySet<number> = new Set()
export const emptySelection: Selection = { ids: none, all: false, except: none, anchor: null }

export const isSelected = ({ ids, all, except }: Selection, id: number) =>
  all ? !except.has(id) : ids.has(id)

export const countSelected = ({ ids, all, except }: Selection, total: number) =>
  all ? Math.max(0, total - except.size) : ids.size

const without = (set: ReadonlySet<number>, gone: readonly number[]) => {
  const rest = new Set(set)
  for (const id of gone) rest.delete(id)
  return rest
}

/** Selects or deselects one image. While all are selected, a deselected one becomes an exception. */
export function toggled(now: Selection, id: number, row: number): Selection {
  const set = now.all ? now.except : now.ids
  const next = set.has(id) ? without(set, [id]) : new Set([...set, id])
  return { ...now, [now.all ? 'except' : 'ids']: next, anchor: row }
}

/** Selects a whole range, whatever was selected in it before. */
export const withRange = (now: Selection, range: readonly number[]): Selection =>
  now.all
    ? { ...now, except: without(now.except, range) }
    : { ...now, ids: new Set([...now.ids, ...range]) }

/** Deselects images that were deleted. */
export function withoutIds(now: Selection, gone: readonly number[]): Selection {
  const ids = without(now.ids, gone)
  return ids.size === now.ids.size ? now : { ...now, ids }
}

/** The rows that are selected in the table. */
export class SelectionState {
  readonly store = createStore<Selection>(emptySelection)

  toggle(id: number, row: number) {
    this.store.set((now) => toggled(now, id, row))
  }

  addRange(ids: readonly number[]) {
    this.store.set((now) => withRange(now, ids))
  }

  selectAll() {
    this.store.set({ ...emptySelection, all: true })
  }

  drop(ids: readonly number[]) {
    this.store.set((now) => withoutIds(now, ids))
  }

  clear() {
    this.store.set(emptySelection)
  }
}
