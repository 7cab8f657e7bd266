import { useLayoutEffect, useRef } from 'react'
import type { ViewParams } from '@/lib/api/list-images'
import type { Rows } from './use-rows'

interface Anchor {
  params: ViewParams
  id: number
  row: number
  count: number
}

/** What is read must not move: when rows come or go above, the page is scrolled along with them. `first` is
 * the first row in sight; null: nothing is to be held, as at the top, where new rows are to be seen. */
export function useAnchor(rows: Rows, first: number | null, px: number) {
  const anchor = useRef<Anchor | null>(null)
  useLayoutEffect(() => {
    const now = anchor.current
    if (now && now.params === rows.params && first !== null && rows.at(now.row)?.id !== now.id) {
      const row = rows.indexOf(now.id)
      const by = row - now.row
      // Not when the row itself took another place, as in an order by time.
      if (row >= 0 && by === rows.count - now.count) {
        window.scrollBy(0, by * px)
        anchor.current = { ...now, row, count: rows.count }
        return
      }
    }
    const id = first === null ? undefined : rows.at(first)?.id
    if (first === null || id === undefined) anchor.current = null
    else if (now?.id !== id || now.row !== first)
      anchor.current = { params: rows.params, id, row: first, count: rows.count }
  })
}
