import { recall, remember } from '@/lib/remember'
import { createStore, useStore } from '@/lib/store'

export const rowSizes = ['compact', 'normal', 'large'] as const
export type RowSize = (typeof rowSizes)[number]

/** How the table is laid out; this browser remembers it. */
export interface Layout {
  hidden: readonly string[]
  rows: RowSize
}

export const rowPx: Record<RowSize, number> = { compact: 48, normal: 84, large: 124 }

/** What was remembered may be of an older page, or broken. */
export function readLayout(text: string | null): Layout {
  const plain: Layout = { hidden: [], rows: 'normal' }
  if (text === null) return plain
  try {
    const { hidden, rows } = JSON.parse(text) as Partial<Record<keyof Layout, unknown>>
    return {
      hidden: Array.isArray(hidden)
        ? hidden.filter((one): one is string => typeof one === 'string')
        : plain.hidden,
      rows: rowSizes.find((one) => one === rows) ?? plain.rows,
    }
  } catch {
    return plain
  }
}

const store = createStore<Layout>(readLayout(recall('layout')))
export const useLayout = () => useStore(store)

function change(next: Partial<Layout>) {
  store.set((now) => ({ ...now, ...next }))
  remember('layout', JSON.stringify(store.get()))
}

export const setRowSize = (rows: RowSize) => change({ rows })

export function showColumn(id: string, shown: boolean) {
  const others = store.get().hidden.filter((one) => one !== id)
  change({ hidden: shown ? others : [...others, id] })
}
