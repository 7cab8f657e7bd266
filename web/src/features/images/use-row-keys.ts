import { type KeyboardEvent, type RefObject, useState } from 'react'
import type { Image } from '@/lib/api/types'
import { cancelOne, removeImage, retryOne } from './image-actions'
import type { BulkAction } from './api/bulk'
import type { Rows } from './rows/use-rows'
import { bulkActionOnSelection } from './selection/bulk-action'
import { selectAllMatching, selectTo } from './selection/select-rows'
import { clearSelection, getSelection, toggle } from './selection/selection'
import { changeView } from './view'

interface Keys {
  body: RefObject<HTMLElement | null>
  rows: Rows
  /** In sight. */
  first: number
  last: number
  showRow: (row: number) => void
}

/** Tries to find a row that has to be drawn first, one a frame. */
const FRAMES = 120

/** One row is a stop of the Tab key; keys lead to the others and act on it, or on the selection. */
export function useRowKeys({ body, rows, first, last, showRow }: Keys) {
  const [active, setActive] = useState(0)
  const end = rows.count - 1
  // A row out of sight may not be drawn: the Tab key leads to one that is.
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
      if (getSelection().anchor === null) toggle(from.id, current)
      selectTo(rows, to.id, true)
    }
    setActive(next)
    showRow(next)
    focusRow(next)
  }

  /** On the selection where there is one. The row that moves up takes the focus over. */
  const act = (action: BulkAction, one: (image: Image) => void, image: Image) => {
    const { ids: chosen, all } = getSelection()
    // Everything that matches is acted on by the buttons only: they ask first.
    if (all) return
    if (chosen.size > 0) bulkActionOnSelection(action, { ids: [...chosen] }, chosen.size)
    else one(image)
    if (action === 'delete') focusRow(Math.max(0, Math.min(current, end - 1)))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest('[data-row]')
    const image = rows.at(current)
    if (!row || !image || event.altKey) return
    const onRow = event.target === row
    const withCtrl = event.ctrlKey || event.metaKey
    const leaf = Math.max(1, last - first - 1)
    const plain: Record<string, (() => void) | undefined> = {
      ArrowDown: () => go(current + 1, event.shiftKey),
      ArrowUp: () => go(current - 1, event.shiftKey),
      PageDown: () => go(current + leaf, event.shiftKey),
      PageUp: () => go(current - leaf, event.shiftKey),
      Home: () => go(0, event.shiftKey),
      End: () => go(end, event.shiftKey),
      Enter: onRow ? () => changeView({ image: image.id, shot: '' }) : undefined,
      ' ': onRow ? () => selectTo(rows, image.id, event.shiftKey) : undefined,
      Escape: clearSelection,
      Delete: () => act('delete', removeImage, image),
      r: () => act('retry', (one) => void (one.status === 'failed' && retryOne(one)), image),
      c: () => act('cancel', (one) => void (one.status === 'pending' && cancelOne(one)), image),
    }
    const run = withCtrl ? { a: () => selectAllMatching(rows) }[event.key] : plain[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return { current, setActive, onKeyDown }
}
