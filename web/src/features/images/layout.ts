import { readPreference, writePreference } from '@/lib/preferences'
import { createStore, useStore } from '@/lib/store'

export const rowSizes = ['compact', 'normal', 'large'] as const
export type RowSize = (typeof rowSizes)[number]

/** How the table is laid out; this browser remembers it. Columns by their ids. */
export interface Layout {
  hidden: readonly string[]
  rows: RowSize
  /** From left to right; those not named stand where they stand by themselves. */
  order: readonly string[]
  /** In pixels; those not named have the width of their kind. */
  widths: Readonly<Record<string, number>>
}

export const rowPx: Record<RowSize, number> = { compact: 48, normal: 84, large: 124 }
export const NARROWEST = 40
export const WIDEST = 800
const plain: Layout = { hidden: [], rows: 'normal', order: [], widths: {} }

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

const bounded = (px: number) => Math.round(Math.min(WIDEST, Math.max(NARROWEST, px)))

function numbers(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const pairs = Object.entries(value).filter((one): one is [string, number] =>
    Number.isFinite(one[1]),
  )
  return Object.fromEntries(pairs.map(([id, px]) => [id, bounded(px)]))
}

/** What was remembered may be of an older page, or broken. */
export function readLayout(text: string | null): Layout {
  if (text === null) return plain
  try {
    const known = JSON.parse(text) as Partial<Record<keyof Layout, unknown>>
    return {
      hidden: strings(known.hidden),
      rows: rowSizes.find((one) => one === known.rows) ?? plain.rows,
      order: strings(known.order),
      widths: numbers(known.widths),
    }
  } catch {
    return plain
  }
}

const store = createStore<Layout>(readLayout(readPreference('layout')))
export const useLayout = () => useStore(store)

function change(next: Partial<Layout>) {
  store.set((now) => ({ ...now, ...next }))
  writePreference('layout', JSON.stringify(store.get()))
}

export const setRowSize = (rows: RowSize) => change({ rows })

export function showColumn(id: string, shown: boolean) {
  const others = store.get().hidden.filter((one) => one !== id)
  change({ hidden: shown ? others : [...others, id] })
}

/** null: as wide as its kind. */
export function sizeColumn(id: string, px: number | null) {
  const widths = Object.fromEntries(
    Object.entries(store.get().widths).filter(([one]) => one !== id),
  )
  change({ widths: px === null ? widths : { ...widths, [id]: bounded(px) } })
}

/** The columns in the order that was chosen. A column that is new since stays behind the one that it
 * follows by itself. */
export function ordered<T extends { id?: string }>(
  columns: readonly T[],
  order: readonly string[],
): T[] {
  const chosen = order.filter((id) => columns.some((one) => one.id === id))
  if (chosen.length === 0) return [...columns]
  const ids = [...chosen]
  for (const [at, { id = '' }] of columns.entries())
    if (!ids.includes(id)) ids.splice(ids.indexOf(columns[at - 1]?.id ?? '') + 1, 0, id)
  return ids.flatMap((id) => columns.find((one) => one.id === id) ?? [])
}

/** `id` takes the place of `target`; what stands between them moves by one. */
export function moved(ids: readonly string[], id: string, target: string): string[] {
  const to = ids.indexOf(target)
  if (to < 0 || !ids.includes(id)) return [...ids]
  const others = ids.filter((one) => one !== id)
  others.splice(to, 0, id)
  return others
}

export const orderColumns = (order: readonly string[]) => change({ order })

export const resetColumns = () => change({ hidden: [], order: [], widths: {} })
