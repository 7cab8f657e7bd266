import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { texts } from '@/lib/i18n'
import styles from './ImageTable.module.css'
import { NARROWEST, sizeColumn, WIDEST } from './layout'

const STEP_PX = 8

interface Props {
  id: string
  /** How the column is called. */
  text: string
  /** As it was chosen; undefined: as wide as its kind. */
  width: number | undefined
  /** One handle is a stop of the Tab key; arrows up and down lead to the others. */
  stop: boolean
  onStop: (id: string) => void
}

const handles = (of: Element) => [
  ...(of.closest('tr')?.querySelectorAll<HTMLElement>('[role=separator]') ?? []),
]

/** At the right edge of a column: drag it, or use the arrow keys; a double click or Enter takes the width back. */
export function ColumnResizer({ id, text, width, stop, onStop }: Props) {
  const start = useRef<{ x: number; px: number } | null>(null)
  const seen = (handle: Element) => handle.parentElement?.getBoundingClientRect().width ?? NARROWEST

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { x: event.clientX, px: seen(event.currentTarget) }
  }
  const onPointerMove = ({ clientX }: PointerEvent) => {
    if (start.current) sizeColumn(id, start.current.px + clientX - start.current.x)
  }
  const end = () => (start.current = null)
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const all = handles(event.currentTarget)
    const beside = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (beside !== undefined) {
      event.preventDefault()
      all[all.indexOf(event.currentTarget) + beside]?.focus()
      return
    }
    const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key]
    if (by === undefined && event.key !== 'Enter') return
    event.preventDefault()
    sizeColumn(id, by === undefined ? null : seen(event.currentTarget) + by)
  }

  return (
    // A separator that can be moved is a widget.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={texts.layout.sizeOf(text)}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      aria-valuenow={width ?? NARROWEST}
      aria-valuetext={width === undefined ? texts.layout.ownWidth : `${width} px`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={stop ? 0 : -1}
      className={styles['handle']}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={end}
      onPointerCancel={end}
      onFocus={() => onStop(id)}
      // The column is not dragged by its handle.
      onMouseDown={(event) => {
        event.preventDefault()
        event.currentTarget.focus()
      }}
      onDoubleClick={() => sizeColumn(id, null)}
      onKeyDown={onKeyDown}
    />
  )
}
