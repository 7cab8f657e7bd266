import type { Header } from '@tanstack/react-table'
import { useState } from 'react'
import { Icon } from '@/components/ui/Icon'
import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import cells from './cells.module.css'
import styles from './ImageTable.module.css'
import { useColumnDrag } from './use-column-drag'
import { countSelected } from '@/features/images/selection/selection'
import { useLayout, useSelection } from '@/features/images/services'
import { ColumnResizer } from './ColumnResizer'
import { sorts, useChangeView, useView, type View } from '@/lib/view'

interface Props {
  headers: Header<Image, unknown>[]
  total: number
  /** Ids of the columns that can be moved, including hidden ones. */
  movable: readonly string[]
  onSelectAll: () => void
}

export function HeaderRow({ headers, total, movable, onSelectAll }: Props) {
  const { sort, order } = useView()
  const { widths } = useLayout()
  const drag = useColumnDrag(movable)
  const [stop, setStop] = useState('name')
  return (
    <thead role="rowgroup" className={styles['head']}>
      <tr role="row" aria-rowindex={1} className={styles['row']}>
        {headers.map(({ id, column }) => {
          const text = String(column.columnDef.header)
          const by = column.getCanSort() ? sorts.find((one) => one === id) : undefined
          const kind = column.columnDef.meta?.kind ?? ''
          const canMove = movable.includes(id)
          return (
            <th
              key={id}
              role="columnheader"
              scope="col"
              className={[styles['th'], styles[kind]].join(' ')}
              aria-sort={
                by && by === sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined
              }
              {...(canMove ? drag(id) : {})}
            >
              {kind === 'select' ? (
                <SelectAll total={total} onToggle={onSelectAll} />
              ) : by ? (
                <SortButton by={by} text={text} sort={sort} order={order} />
              ) : (
                <span className={kind === 'actions' ? 'visually-hidden' : styles['word']}>
                  {text}
                </span>
              )}
              {(canMove || kind === 'image') && (
                <ColumnResizer
                  id={id}
                  text={text}
                  width={widths[id]}
                  stop={id === stop}
                  onStop={setStop}
                />
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function SelectAll({ total, onToggle }: { total: number; onToggle: () => void }) {
  const texts = useTexts()
  const selection = useSelection()
  const count = countSelected(selection, total)
  return (
    <label className={cells['select']}>
      <input
        ref={(input) => {
          if (input) input.indeterminate = count > 0 && count < total
        }}
        type="checkbox"
        aria-label={texts.select.whole}
        data-tip={texts.select.whole}
        checked={count > 0 && count === total}
        onChange={onToggle}
      />
    </label>
  )
}

interface SortProps extends Pick<View, 'sort' | 'order'> {
  by: View['sort']
  text: string
}

/** Each click goes on from ascending to descending to the default order. */
function SortButton({ by, text, sort, order }: SortProps) {
  const texts = useTexts()
  const changeView = useChangeView()
  const mine = by === sort
  const next: Partial<View> = !mine
    ? { sort: by, order: 'asc' }
    : order === 'asc'
      ? { sort: by, order: 'desc' }
      : { sort: 'id', order: 'desc' }
  return (
    <button
      type="button"
      className={styles['sort']}
      data-tip={texts.table.sortBy(text.toLowerCase())}
      onClick={() => changeView(next)}
    >
      {text}
      {mine && <Icon name={order === 'asc' ? 'up' : 'down'} size={14} />}
    </button>
  )
}
