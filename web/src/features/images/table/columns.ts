import type { Texts } from '@/lib/i18n'
import { createColumnHelper } from '@tanstack/react-table'
import type { Image } from '@/lib/api/types'
import { ordered } from './layout'
import { nameOf, shortTitle, titleOf } from '@/lib/naming'

export interface ShotColumn {
  label: string
  title: string
}

export type CellKind = 'select' | 'image' | 'metadata' | 'status' | 'shot' | 'updated' | 'actions'

const helper = createColumnHelper<Image>()

/** The ids of the sortable columns are the API's sort names. */
export const imageColumns = (shots: readonly ShotColumn[], texts: Texts) => [
  helper.display({ id: 'select', header: texts.select.whole, meta: { kind: 'select' } }),
  helper.accessor(nameOf, { id: 'name', header: texts.table.image, meta: { kind: 'image' } }),
  // The id stays 'marks' because browsers store it in the layout.
  helper.display({ id: 'marks', header: texts.table.metadata, meta: { kind: 'metadata' } }),
  helper.accessor('status', { id: 'status', header: texts.table.status, meta: { kind: 'status' } }),
  ...shots.map(({ label, title }) =>
    helper.accessor((image) => image.shots.find((shot) => shot.label === label), {
      id: `shot-${label}`,
      header: shortTitle({ title }, texts),
      enableSorting: false,
      meta: { kind: 'shot', label, title: titleOf({ title }, texts) },
    }),
  ),
  helper.accessor('updatedAt', {
    id: 'updated',
    header: texts.table.updated,
    meta: { kind: 'updated' },
  }),
  helper.display({ id: 'actions', header: texts.table.actions, meta: { kind: 'actions' } }),
]

export type Columns = ReturnType<typeof imageColumns>

/** Whether a column can be hidden and moved. The others are needed to recognise and use the rows. */
export const isOptional = ({ meta }: Columns[number]) =>
  !['select', 'image', 'actions'].includes(meta?.kind ?? '')

/** Sorts the columns into the chosen order. The fixed ones stay at both ends. */
export function arranged(columns: Columns, order: readonly string[]): Columns {
  const fixed = columns.filter((one) => !isOptional(one))
  return [...fixed.slice(0, -1), ...ordered(columns.filter(isOptional), order), ...fixed.slice(-1)]
}

declare module '@tanstack/react-table' {
  // The library requires these parameter names.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData, TValue> {
    kind: CellKind
    label?: string
    title?: string
  }
}
