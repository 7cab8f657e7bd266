import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ViewParams } from '@/lib/api/list-images'
import { useLayout, useSelection } from '@/features/images/services'
import { rowPx } from '@/features/images/table/layout'
import { useChangeView, useView, viewParams } from '@/lib/view'
import { useNarrow } from '@/lib/use-narrow'
import { partOf, spanOf, type Span } from './span'
import { useAnchor } from './use-anchor'
import type { Rows } from './use-rows'

/** What covers the top of the page: the table header, and the action bar while rows are selected. */
const HEAD_PX = 39
const BAR_PX = 48
/** What covers the bottom: the position in the list. */
const FOOT_PX = 64
const OVERSCAN = 8
/** Estimated height of a card before it is measured. */
const CARD_PX = 200
/** Rows that are only scrolled past are not requested. */
const RESTS_MS = 90
const LONGEST_MS = 400
/** The address bar gets the row when scrolling has ended. */
const NOTE_MS = 400

/** One list of all rows, of which only the visible ones are rendered. A list too tall for browsers is shown in
 * parts. */
export function useVirtualRows(
  body: RefObject<HTMLElement | null>,
  rows: Rows,
  onVisible: (span: Span) => void,
) {
  const { rows: size } = useLayout()
  const view = useView()
  const changeView = useChangeView()
  const narrow = useNarrow()
  const { all, ids } = useSelection()
  const covered = HEAD_PX + (all || ids.size > 0 ? BAR_PX : 0)
  const px = narrow ? CARD_PX : rowPx[size]
  const part = partOf(px)
  const [chosen, setStart] = useState(() => startOf(view.row, part, rows.count))
  const start = Math.min(chosen, startOf(rows.count - 1, part, rows.count))
  const count = Math.max(0, Math.min(part, rows.count - start))

  const top = useTop(body)
  // The function must stay the same, or all rows would be laid out again in each frame.
  const estimateSize = useCallback(() => px, [px])
  const virtual = useWindowVirtualizer({
    count,
    estimateSize,
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: covered,
    scrollPaddingEnd: FOOT_PX,
  })
  useEffect(() => virtual.measure(), [virtual, px])

  // The first row that is not covered, even if only half of it is visible.
  const offset = (virtual.scrollOffset ?? 0) + covered + 2
  const first = start + (virtual.getVirtualItemForOffset(offset)?.index ?? 0)
  // Not virtual.range, which is that of the last drawing: it may not know of rows that have just come.
  const last = Math.max(first, start + (virtual.calculateRange()?.endIndex ?? 0))
  useReportVisible(first, last, rows, onVisible)

  const [goal, setGoal] = useState<number | null>(view.row > 0 ? view.row : null)
  const showRow = (row: number, align: 'start' | 'auto' = 'auto') => {
    const to = startOf(row, part, rows.count)
    if (to === start) virtual.scrollToIndex(row - start, { align })
    else {
      setStart(to)
      setGoal(row)
    }
  }
  // A row in another part can be scrolled to only after that part is rendered.
  useLayoutEffect(() => {
    if (goal === null || top === 0) return
    setGoal(null)
    virtual.scrollToIndex(Math.min(goal, rows.count - 1) - start, { align: 'start' })
  }, [goal, start, top, virtual, rows.count])

  // The address bar follows the scrolling; when it changes otherwise, the table scrolls there.
  const noted = useRef(view.row)
  const order = JSON.stringify(viewParams(view))
  const notedOrder = useRef(order)
  const seen = offset < top ? 0 : first
  const scrolled = virtual.scrollOffset ?? 0
  useAnchor(rows, offset < top || goal !== null ? null : { first, last, scrolled }, px)
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
    // A position among rows in the old order means nothing in the new one.
    if (goal !== null || seen === noted.current || order !== notedOrder.current) return
    const timer = setTimeout(() => {
      noted.current = seen
      changeView({ row: seen }, true)
    }, NOTE_MS)
    return () => clearTimeout(timer)
  }, [changeView, seen, goal, order])

  return { virtual, top, start, first, last, showRow }
}

/** Where the rows begin on the page. What is above them may grow and shrink. */
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

/** Reports which pages are visible: immediately when they are near the last reported ones, or else when
 * scrolling pauses. */
function useReportVisible(
  first: number,
  last: number,
  rows: Rows,
  onVisible: (span: Span) => void,
) {
  const told = useRef<{ span: Span; of: ViewParams } | null>(null)
  const since = useRef(0)
  const { params } = rows
  const span = spanOf(first, last, rows.count)
  useEffect(() => {
    const tell = () => {
      told.current = { span, of: params }
      since.current = 0
      onVisible(span)
    }
    // Nothing was reported for the rows of another view.
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
  }, [span.first, span.last, params, onVisible])
}
