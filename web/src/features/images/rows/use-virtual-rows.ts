import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ViewParams } from '@/features/images/api/list-images'
import { rowPx, useLayout } from '@/features/images/layout'
import { useSelection } from '@/features/images/selection/selection'
import { changeView, useView, viewParams } from '@/features/images/view'
import { useNarrow } from '@/lib/use-narrow'
import { partOf, spanOf, type Span } from './span'
import { useAnchor } from './use-anchor'
import type { Rows } from './use-rows'

/** What sticks to the top: the header, and the bar of the selection when there is one. */
const HEAD_PX = 39
const BAR_PX = 48
const OVERSCAN = 8
/** A card of a picture, before it is measured. */
const CARD_PX = 200
/** Rows that are only flown over are not asked for. */
const RESTS_MS = 90
const LONGEST_MS = 400
/** The address bar hears of the row when scrolling has ended. */
const NOTE_MS = 400

/** All rows as one list of which only those in sight are drawn; a list too long for that in parts. */
export function useVirtualRows(
  body: RefObject<HTMLElement | null>,
  rows: Rows,
  onLook: (span: Span) => void,
) {
  const { rows: size } = useLayout()
  const view = useView()
  const narrow = useNarrow()
  const { all, ids } = useSelection()
  const covered = HEAD_PX + (all || ids.size > 0 ? BAR_PX : 0)
  const px = narrow ? CARD_PX : rowPx[size]
  const part = partOf(px)
  const [chosen, setStart] = useState(() => startOf(view.row, part, rows.count))
  const start = Math.min(chosen, startOf(rows.count - 1, part, rows.count))
  const count = Math.max(0, Math.min(part, rows.count - start))

  const top = useTop(body)
  // Functions that stay the same: with others it would lay all rows out anew at each frame.
  const estimateSize = useCallback(() => px, [px])
  const virtual = useWindowVirtualizer({
    count,
    estimateSize,
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: covered,
  })
  useEffect(() => virtual.measure(), [virtual, px])

  // The first that is not covered; half a row is one, too.
  const offset = (virtual.scrollOffset ?? 0) + covered + 2
  const first = start + (virtual.getVirtualItemForOffset(offset)?.index ?? 0)
  const last = Math.max(first, start + (virtual.range?.endIndex ?? 0))
  useLook(first, last, rows, onLook)

  const [goal, setGoal] = useState<number | null>(view.row > 0 ? view.row : null)
  const showRow = (row: number, align: 'start' | 'auto' = 'auto') => {
    const to = startOf(row, part, rows.count)
    if (to === start) virtual.scrollToIndex(row - start, { align })
    else {
      setStart(to)
      setGoal(row)
    }
  }
  // A row that is to be shown where its part was not drawn yet: after it is.
  useLayoutEffect(() => {
    if (goal === null || top === 0) return
    setGoal(null)
    virtual.scrollToIndex(Math.min(goal, rows.count - 1) - start, { align: 'start' })
  }, [goal, start, top, virtual, rows.count])

  // The address bar says where we are, and when it is changed from outside, where to go.
  const noted = useRef(view.row)
  const order = JSON.stringify(viewParams(view))
  const notedOrder = useRef(order)
  const seen = offset < top ? 0 : first
  useAnchor(rows, offset < top || goal !== null ? null : first, px)
  useEffect(() => {
    const same = view.row === noted.current && order === notedOrder.current
    if (same || goal !== null) return
    noted.current = view.row
    notedOrder.current = order
    if (view.row > 0) showRow(view.row, 'start')
    else window.scrollTo({ top: Math.min(window.scrollY, Math.max(0, top - covered)) })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the address changes
  }, [view.row, order, goal])
  useEffect(() => {
    // What scrolls away with rows of another order is no place in these.
    if (goal !== null || seen === noted.current || order !== notedOrder.current) return
    const timer = setTimeout(() => {
      noted.current = seen
      changeView({ row: seen }, true)
    }, NOTE_MS)
    return () => clearTimeout(timer)
  }, [seen, goal, order])

  return { virtual, top, start, first, last, showRow }
}

/** Where the rows begin on the page; what stands above may grow and shrink. */
function useTop(body: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => {
      const next = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY
      setTop((now) => (Math.abs(next - now) > 1 ? next : now))
    }
    measure()
    const observer = new ResizeObserver(measure)
    const main = body.current?.closest('main')
    if (main) observer.observe(main)
    return () => observer.disconnect()
  }, [body])
  return top
}

const startOf = (row: number, part: number, count: number) =>
  Math.floor(Math.max(0, Math.min(row, count - 1)) / part) * part

/** Tells of the pages in sight: at once while they are near those told last, else when scrolling rests. */
function useLook(first: number, last: number, rows: Rows, onLook: (span: Span) => void) {
  const told = useRef<{ span: Span; of: ViewParams } | null>(null)
  const since = useRef(0)
  const { params } = rows
  const span = spanOf(first, last, rows.count)
  useEffect(() => {
    const tell = () => {
      told.current = { span, of: params }
      since.current = 0
      onLook(span)
    }
    // Of other rows nothing has been told.
    const now = told.current?.of === params ? told.current.span : null
    if (now && now.first === span.first && now.last === span.last) return
    if (!now || Math.abs(now.first - span.first) <= 1) {
      tell()
      return
    }
    since.current ||= performance.now()
    if (performance.now() - since.current > LONGEST_MS) {
      tell()
      return
    }
    const timer = setTimeout(tell, RESTS_MS)
    return () => clearTimeout(timer)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the span by its pages
  }, [span.first, span.last, params, onLook])
}
