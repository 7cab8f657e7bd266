import { useServices } from './services'
import { createStore, useStore } from './store'
import type { FilterParams, ViewParams } from './api/list-images'
import { toReview } from './api/needs-review'

export const sorts = ['id', 'updated', 'name', 'status'] as const
export const filters = ['', 'pending', 'processed', 'failed', 'attention'] as const

/** What the page shows. It is in the address bar, so that a link shares it and the Back button works. */
export interface View {
  q: string
  filter: (typeof filters)[number]
  /** Show only this batch; '' is all. */
  batch: string
  sort: (typeof sorts)[number]
  order: 'asc' | 'desc'
  /** The first visible row, from 0. */
  row: number
  image: number | null
  /** The shot that the open image shows; '' is the photo. */
  shot: string
  /** The review is open instead of the table. */
  review: boolean
  /** The dialog of the recipes is open. */
  recipes: boolean
}

const plain: View = {
  q: '',
  filter: '',
  batch: '',
  sort: 'id',
  order: 'desc',
  row: 0,
  image: null,
  shot: '',
  review: false,
  recipes: false,
}

const oneOf = <T>(all: readonly T[], value: unknown, fallback: T) =>
  all.find((one) => one === value) ?? fallback

const count = (text: string | null) =>
  text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null

export function readView(search: string): View {
  const params = new URLSearchParams(search)
  return {
    q: (params.get('q') ?? '').slice(0, 200),
    filter: oneOf(filters, params.get('show'), plain.filter),
    batch: (params.get('batch') ?? '').slice(0, 128),
    sort: oneOf(sorts, params.get('sort'), plain.sort),
    order: oneOf(['asc', 'desc'] as const, params.get('order'), plain.order),
    row: Math.max(0, (count(params.get('row')) ?? 1) - 1),
    image: count(params.get('image')),
    shot: (params.get('shot') ?? '').slice(0, 64),
    review: params.has('review'),
    recipes: params.has('recipes'),
  }
}

/** Defaults are left out, so that the default view has the plain URL. */
export function writeView(view: View): string {
  const params = new URLSearchParams()
  if (view.review) params.set('review', '')
  if (view.q) params.set('q', view.q)
  if (view.filter) params.set('show', view.filter)
  if (view.batch) params.set('batch', view.batch)
  if (view.sort !== plain.sort) params.set('sort', view.sort)
  if (view.order !== plain.order) params.set('order', view.order)
  if (view.row > 0) params.set('row', String(view.row + 1))
  if (view.image !== null) params.set('image', String(view.image))
  if (view.image !== null && view.shot) params.set('shot', view.shot)
  if (view.recipes) params.set('recipes', '')
  const text = params.toString().replace(/\b(review|recipes)=(?=&|$)/g, '$1')
  return text === '' ? '' : `?${text}`
}

type FilterView = Pick<View, 'q' | 'filter' | 'batch'>

/** The filter as parameters of the API. */
export const filterParams = ({ q, filter, batch }: FilterView): FilterParams => ({
  q: q || undefined,
  batch: batch || undefined,
  ...(filter === 'attention'
    ? toReview
    : { status: filter || undefined, attention: undefined, review: undefined }),
})

export const viewParams = (
  view: Omit<View, 'row' | 'image' | 'shot' | 'review' | 'recipes'>,
): ViewParams => ({
  ...filterParams(view),
  sort: view.sort,
  order: view.order,
})

/** Equal for views that show the same images, in whatever order. */
export const filterKey = (view: FilterView) => JSON.stringify(filterParams(view))

/** The view, kept in step with the address bar. */
export class ViewState {
  readonly store = createStore<View>(plain)

  /** Reads the view from the address bar, now and whenever the user goes back or forward. */
  followAddressBar() {
    const read = () => this.store.set(readView(location.search))
    // The browser cannot scroll to rows that are not loaded yet, so the table does it.
    history.scrollRestoration = 'manual'
    read()
    window.addEventListener('popstate', read)
  }

  /** `replace` overwrites the history entry: nobody wants to go back through each typed letter. */
  readonly change = (change: Partial<View>, replace = false) => {
    const moves = ['q', 'filter', 'batch', 'sort', 'order'].some((one) => one in change)
    const next = { ...this.store.get(), ...(moves ? { row: 0 } : {}), ...change }
    const address = location.pathname + writeView(next)
    if (replace) history.replaceState(null, '', address)
    else history.pushState(null, '', address)
    this.store.set(next)
  }
}

export const useView = () => useStore(useServices().view.store)
export const useChangeView = () => useServices().view.change
