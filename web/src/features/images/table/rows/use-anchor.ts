import { useLayoutEffect, useRef } from 'react'
import type { ViewParams } from '@/lib/api/list-images'
import type { Rows } from './use-rows'

interface Anchor {
  params: ViewParams
  id: number
  row: number
  count: number
}

/** Keeps the visible rows in place: when rows are added or removed above them, the page scrolls by as much.
 * `first` is the first visible row; null at the top of the list, where new rows should appear. */
export function useAnchor(rows: Rows, first: number | null, px: number) {
  const anchor = useRef<Anchor | null>(null)
  useLayoutEffect(() => {
    const now = anchor.current
    if (now && now.params === rows.params && first !== null && rows.at(now.row)?.id !== now.id) {
      const row = rows.indexOf(now.id)
      const by = row - now.row
      // Not if the row itself moved, for example in a list sorted by time.
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
