import { createColumnHelper } from '@tanstack/react-table'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { nameOf, shortTitle } from './naming'

export interface ShotColumn {
  label: string
  title: string
}

const helper = createColumnHelper<Image>()

/** The ids of sortable columns are the server's names of the orders. */
export const imageColumns = (shots: readonly ShotColumn[]) => [
  helper.accessor(nameOf, { id: 'name', header: texts.table.picture, meta: { kind: 'picture' } }),
  helper.accessor('status', { id: 'status', header: texts.table.status, meta: { kind: 'status' } }),
  ...shots.map(({ label, title }) =>
    helper.accessor((image) => image.shots.find((shot) => shot.label === label), {
      id: `shot-${label}`,
      header: shortTitle(title),
      enableSorting: false,
      meta: { kind: 'shot', label, title },
    }),
  ),
  helper.accessor('updatedAt', {
    id: 'updated',
    header: texts.table.updated,
    meta: { kind: 'updated' },
  }),
  helper.display({ id: 'actions', header: texts.table.actions, meta: { kind: 'actions' } }),
]

export type CellKind = 'picture' | 'status' | 'shot' | 'updated' | 'actions'

declare module '@tanstack/react-table' {
  // The names of the parameters are given by the library.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData, TValue> {
    kind: CellKind
    label?: string
    title?: string
  }
}
