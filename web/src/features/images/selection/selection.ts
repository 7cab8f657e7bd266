import { createStore, useStore } from '@/lib/store'

/** What the next bulk action is for. */
export interface Selection {
  ids: ReadonlySet<number>
  /** All that match the view but `except`; `ids` is empty then. */
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

/** In or out; out of everything it is an exception. */
export function toggled(now: Selection, id: number, row: number): Selection {
  const set = now.all ? now.except : now.ids
  const next = set.has(id) ? without(set, [id]) : new Set([...set, id])
  return { ...now, [now.all ? 'except' : 'ids']: next, anchor: row }
}

/** All of a range are in then, whatever they were. */
export const withRange = (now: Selection, range: readonly number[]): Selection =>
  now.all
    ? { ...now, except: without(now.except, range) }
    : { ...now, ids: new Set([...now.ids, ...range]) }

/** What is deleted is not chosen any more. */
export function withoutIds(now: Selection, gone: readonly number[]): Selection {
  const ids = without(now.ids, gone)
  return ids.size === now.ids.size ? now : { ...now, ids }
}

const store = createStore<Selection>(emptySelection)
export const useSelection = () => useStore(store)

export const toggle = (id: number, row: number) => store.set((now) => toggled(now, id, row))
export const selectRange = (range: readonly number[]) => store.set((now) => withRange(now, range))
export const selectAll = () => store.set({ ...emptySelection, all: true })
export const dropFromSelection = (gone: readonly number[]) => store.set((now) => withoutIds(now, gone))
export const clearSelection = () => store.set(emptySelection)
export const getSelection = () => store.get()
