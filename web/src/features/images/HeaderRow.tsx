import type { Header } from '@tanstack/react-table'
import { Icon } from '@/components/ui/Icon'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import cells from './cells.module.css'
import styles from './ImageTable.module.css'
import { pickPage, useSelection, wholePage } from './selection/selection'
import { changeView, sorts, useView, type View } from './view'

interface Props {
  headers: Header<Image, unknown>[]
  /** Ids of the rows. */
  page: readonly number[]
}

export function HeaderRow({ headers, page }: Props) {
  const { sort, order } = useView()
  return (
    <thead role="rowgroup" className={styles['head']}>
      <tr role="row" aria-rowindex={1} className={styles['row']}>
        {headers.map(({ id, column }) => {
          const text = String(column.columnDef.header)
          const by = column.getCanSort() ? sorts.find((one) => one === id) : undefined
          const kind = column.columnDef.meta?.kind ?? ''
          return (
            <th
              key={id}
              role="columnheader"
              scope="col"
              className={[styles['th'], styles[kind]].join(' ')}
              aria-sort={
                by && by === sort ? (order === 'asc' ? 'ascending' : 'descending') : undefined
              }
            >
              {kind === 'select' ? (
                <SelectPage page={page} />
              ) : by ? (
                <SortButton by={by} text={text} sort={sort} order={order} />
              ) : (
                <span className={kind === 'actions' ? 'visually-hidden' : undefined}>{text}</span>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

function SelectPage({ page }: { page: readonly number[] }) {
  const selection = useSelection()
  const whole = wholePage(selection, page)
  const some = !whole && page.some((id) => selection.ids.has(id))
  return (
    <label className={cells['select']}>
      <input
        ref={(input) => {
          if (input) input.indeterminate = some
        }}
        type="checkbox"
        aria-label={texts.select.page}
        data-tip={texts.select.page}
        checked={whole}
        onChange={() => pickPage(page)}
      />
    </label>
  )
}

interface SortProps extends Pick<View, 'sort' | 'order'> {
  by: View['sort']
  text: string
}

/** First upwards, then downwards, then newest first again. */
function SortButton({ by, text, sort, order }: SortProps) {
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
