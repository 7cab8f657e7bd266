import { type KeyboardEvent, type RefObject, useState } from 'react'
import type { Image } from '@/lib/api/types'
import type { BulkAction } from '@/features/images/api/bulk'
import { useImagesServices } from '@/features/images/services'
import { useChangeView } from '@/lib/view'
import type { Rows } from './rows/use-rows'
import type { RowSelector } from './select-rows'

interface Options {
  body: RefObject<HTMLElement | null>
  rows: Rows
  selector: RowSelector
  /** The rows that are visible. */
  first: number
  last: number
  showRow: (row: number) => void
}

/** How many frames to wait until a row is rendered. */
const FRAMES = 120

/** The keys of the table. The Tab key reaches only one row and arrow keys lead to the others. Keys act on the
 * selection, or on that row if nothing is selected. */
export function useRowKeys({ body, rows, selector, first, last, showRow }: Options) {
  const { actions, bulk, selection } = useImagesServices()
  const changeView = useChangeView()
  const [active, setActive] = useState(0)
  const end = rows.count - 1
  // A row out of sight may not be rendered, so the Tab key leads to a visible one.
  const current = active < first || active > last ? Math.min(first, end) : Math.min(active, end)

  const focusRow = (index: number, frames = FRAMES) =>
    requestAnimationFrame(() => {
      const row = body.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)
      if (row) row.focus({ preventScroll: true })
      else if (frames > 0) focusRow(index, frames - 1)
    })

  const go = (index: number, select = false) => {
    const next = Math.max(0, Math.min(end, index))
    const [from, to] = [rows.at(current), rows.at(next)]
    if (select && from && to) {
      if (selection.store.get().anchor === null) selection.toggle(from.id, current)
      selector.selectTo(rows, to.id, true)
    }
    setActive(next)
    showRow(next)
    focusRow(next)
  }

  /** Acts on the selection if there is one. After a delete, the row that moves up gets the focus. */
  const act = (action: BulkAction, one: (image: Image) => void, image: Image) => {
    const { ids, all } = selection.store.get()
    // While all matching images are selected only the buttons act, because they ask first.
    if (all) return
    if (ids.size > 0) bulk.runOnSelection(action, { ids: [...ids] }, ids.size)
    else one(image)
    if (action === 'delete') focusRow(Math.max(0, Math.min(current, end - 1)))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest('[data-row]')
    const image = rows.at(current)
    if (!row || !image || event.altKey) return
    const onRow = event.target === row
    const withCtrl = event.ctrlKey || event.metaKey
    const pageLength = Math.max(1, last - first - 1)
    const plain: Record<string, (() => void) | undefined> = {
      ArrowDown: () => go(current + 1, event.shiftKey),
      ArrowUp: () => go(current - 1, event.shiftKey),
      PageDown: () => go(current + pageLength, event.shiftKey),
      PageUp: () => go(current - pageLength, event.shiftKey),
      Home: () => go(0, event.shiftKey),
      End: () => go(end, event.shiftKey),
      Enter: onRow ? () => changeView({ image: image.id, shot: '' }) : undefined,
      ' ': onRow ? () => selector.selectTo(rows, image.id, event.shiftKey) : undefined,
      Escape: () => selection.clear(),
      Delete: () => act('delete', (one) => actions.delete(one), image),
      r: () => act('retry', (one) => void (one.status === 'failed' && actions.retry(one)), image),
      c: () =>
        act('cancel', (one) => void (one.status === 'pending' && actions.cancel(one)), image),
    }
    const run = withCtrl
      ? { a: () => selector.selectAllMatching(rows) }[event.key]
      : plain[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return { current, setActive, onKeyDown }
}
