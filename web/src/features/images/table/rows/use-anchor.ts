import { useLayoutEffect, useRef } from 'react'
import type { ViewParams } from '@/lib/api/list-images'
import { type Place, shiftOf } from './shift'
import type { Rows } from './use-rows'

interface Anchor {
  params: ViewParams
  places: readonly Place[]
}

interface Visible {
  first: number
  last: number
  /** How far the page was scrolled when they were drawn. */
  scrolled: number
}

/** Keeps the visible rows in place: when rows are added or removed above them, the page scrolls by as much.
 * `visible` is null at the top of the list, where new rows should appear. */
export function useAnchor(rows: Rows, visible: Visible | null, px: number) {
  const anchor = useRef<Anchor | null>(null)
  useLayoutEffect(() => {
    if (!visible) {
      anchor.current = null
      return
    }
    const { params } = rows
    const now = anchor.current
    const { by, places } = shiftOf(now?.params === params ? now.places : [], rows.indexOf)
    if (by === 0) {
      anchor.current = { params, places: placesOf(rows, visible) }
      return
    }
    // Not scrollBy: a list that became shorter has moved the end of the page up already.
    window.scrollTo({ top: visible.scrolled + by * px, behavior: 'instant' })
    anchor.current = { params, places }
  })
}

function placesOf(rows: Rows, { first, last }: Visible): Place[] {
  const places: Place[] = []
  for (let row = first; row <= last; row++) {
    const id = rows.at(row)?.id
    if (id !== undefined) places.push({ id, row })
  }
  return places
}
