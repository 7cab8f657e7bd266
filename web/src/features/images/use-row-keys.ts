import { type KeyboardEvent, type RefObject, useState } from 'react'
import type { Image } from '@/lib/api/types'
import { cancelOne, removeImage, retryOne } from './actions'
import type { BulkAction } from './api/bulk'
import { actOnSelection } from './selection/act'
import { clearSelection, getSelection, pick, pickPage } from './selection/selection'
import { changeView } from './view'

interface Rows {
  body: RefObject<HTMLElement | null>
  images: readonly Image[]
  scrollTo: (index: number) => void
}

/** One row is a stop of the Tab key; keys lead to the others and act on it, or on the selection. */
export function useRowKeys({ body, images, scrollTo }: Rows) {
  const [active, setActive] = useState(0)
  const last = images.length - 1
  const current = Math.min(active, last)
  const ids = () => images.map(({ id }) => id)

  // The row may have to be drawn first.
  const focusRow = (index: number) =>
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus(),
    )

  const go = (index: number, select = false) => {
    const next = Math.max(0, Math.min(last, index))
    const [from, to] = [images[current], images[next]]
    if (select && from && to) {
      if (getSelection().anchor === null) pick(from.id, false, ids())
      pick(to.id, true, ids())
    }
    setActive(next)
    scrollTo(next)
    focusRow(next)
  }

  /** On the selection where there is one. The row that moves up takes the focus over. */
  const act = (action: BulkAction, one: (image: Image) => void, image: Image) => {
    const { ids: chosen, all } = getSelection()
    // Everything that matches is deleted by the button only: it asks first.
    if (all) return
    if (chosen.size > 0) actOnSelection(action, { ids: [...chosen] })
    else one(image)
    if (action === 'delete') focusRow(Math.max(0, Math.min(current, last - 1)))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest('[data-index]')
    const image = images[current]
    if (!row || !image || event.altKey) return
    const onRow = event.target === row
    const withCtrl = event.ctrlKey || event.metaKey
    const plain: Record<string, (() => void) | undefined> = {
      ArrowDown: () => go(current + 1, event.shiftKey),
      ArrowUp: () => go(current - 1, event.shiftKey),
      Home: () => go(0, event.shiftKey),
      End: () => go(last, event.shiftKey),
      Enter: onRow ? () => changeView({ image: image.id, shot: '' }) : undefined,
      ' ': onRow ? () => pick(image.id, event.shiftKey, ids()) : undefined,
      Escape: clearSelection,
      Delete: () => act('delete', removeImage, image),
      r: () => act('retry', (one) => void (one.status === 'failed' && retryOne(one)), image),
      c: () => act('cancel', (one) => void (one.status === 'pending' && cancelOne(one)), image),
    }
    const run = withCtrl ? { a: () => pickPage(ids()) }[event.key] : plain[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return { current, setActive, onKeyDown }
}
