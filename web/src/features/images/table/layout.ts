import { readPreference, writePreference } from '@/lib/preferences'
import { createStore } from '@/lib/store'

export const rowSizes = ['compact', 'normal', 'large'] as const
export type RowSize = (typeof rowSizes)[number]

/** The layout of the table. Columns are named by their ids. */
export interface Layout {
  hidden: readonly string[]
  rows: RowSize
  /** From left to right; columns that are not listed keep their default place. */
  order: readonly string[]
  /** In pixels; columns that are not listed have the default width of their kind. */
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

/** The stored layout may be from an older version of the page, or broken. */
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

/** Sorts the columns into the chosen order. A column that is newer than that order goes behind the one that
 * it follows by default. */
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

/** Moves `id` to the place of `target`; the ones in between move by one. */
export function moved(ids: readonly string[], id: string, target: string): string[] {
  const to = ids.indexOf(target)
  if (to < 0 || !ids.includes(id)) return [...ids]
  const others = ids.filter((one) => one !== id)
  others.splice(to, 0, id)
  return others
}

/** The layout that this browser remembers. */
export class LayoutState {
  readonly store = createStore<Layout>(readLayout(readPreference('layout')))

  setRowSize(rows: RowSize) {
    this.change({ rows })
  }

  showColumn(id: string, shown: boolean) {
    const others = this.store.get().hidden.filter((one) => one !== id)
    this.change({ hidden: shown ? others : [...others, id] })
  }

  /** null: the default width of its kind. */
  resizeColumn(id: string, px: number | null) {
    const widths = Object.fromEntries(
      Object.entries(this.store.get().widths).filter(([one]) => one !== id),
    )
    this.change({ widths: px === null ? widths : { ...widths, [id]: bounded(px) } })
  }

  orderColumns(order: readonly string[]) {
    this.change({ order })
  }

  resetColumns() {
    this.change({ hidden: [], order: [], widths: {} })
  }

  private change(next: Partial<Layout>) {
    this.store.set((now) => ({ ...now, ...next }))
    writePreference('layout', JSON.stringify(this.store.get()))
  }
}
