import { createStore, useStore } from '@/lib/store'

/** What the next bulk action is for. */
export interface Selection {
  ids: ReadonlySet<number>
  /** All that match the view, also on other pages. */
  all: boolean
  /** Where a range with Shift starts. */
  anchor: number | null
}

export const nothing: Selection = { ids: new Set(), all: false, anchor: null }

/** The choice of everything ends as soon as one is taken out of it: the rows of the page stay. */
export function toggled(now: Selection, id: number, page: readonly number[]): Selection {
  const ids = new Set(now.all ? page : now.ids)
  if (!ids.delete(id)) ids.add(id)
  return { ids, all: false, anchor: id }
}

/** All rows from the anchor to this one, in the order of the page. */
export function ranged(now: Selection, id: number, page: readonly number[]): Selection {
  const to = page.indexOf(id)
  const from = now.anchor === null ? -1 : page.indexOf(now.anchor)
  if (from < 0) return { ids: new Set([...now.ids, id]), all: now.all, anchor: id }
  const range = page.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { ...now, ids: new Set([...now.ids, ...range]) }
}

export function pageToggled(now: Selection, page: readonly number[]): Selection {
  const ids = new Set(now.all ? page : now.ids)
  const whole = wholePage(now, page)
  for (const id of page)
    if (whole) ids.delete(id)
    else ids.add(id)
  return { ids, all: false, anchor: null }
}

export const wholePage = ({ ids, all }: Selection, page: readonly number[]) =>
  all || (page.length > 0 && page.every((id) => ids.has(id)))

export function left(now: Selection, gone: readonly number[]): Selection {
  const ids = new Set(now.ids)
  for (const id of gone) ids.delete(id)
  return ids.size === now.ids.size ? now : { ...now, ids }
}

const store = createStore<Selection>(nothing)
export const useSelection = () => useStore(store)

export const pick = (id: number, range: boolean, page: readonly number[]) =>
  store.set((now) => (range ? ranged : toggled)(now, id, page))
export const pickPage = (page: readonly number[]) => store.set((now) => pageToggled(now, page))
export const pickAll = () => store.set((now) => ({ ...now, all: true }))
/** What is deleted is not chosen any more. */
export const dropFromSelection = (gone: readonly number[]) => store.set((now) => left(now, gone))
export const clearSelection = () => store.set(nothing)
export const getSelection = () => store.get()
