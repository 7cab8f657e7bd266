import type { Header } from '@tanstack/react-table'
import { Icon } from '@/components/ui/Icon'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import styles from './ImageTable.module.css'
import { changeView, sorts, useView, type View } from './view'

export function HeaderRow({ headers }: { headers: Header<Image, unknown>[] }) {
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
              {by ? (
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
