import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { useTexts } from '@/lib/i18n'
import styles from './ImageTable.module.css'
import { useImagesServices } from '@/features/images/services'
import { NARROWEST, WIDEST } from './layout'

const STEP_PX = 8

interface Props {
  id: string
  /** The title of the column. */
  text: string
  /** The chosen width; undefined: the default width of its kind. */
  width: number | undefined
  /** The Tab key reaches only one handle; the up and down arrows lead to the others. */
  stop: boolean
  onStop: (id: string) => void
}

const handles = (of: Element) => [
  ...(of.closest('tr')?.querySelectorAll<HTMLElement>('[role=separator]') ?? []),
]

/** The right edge of a column. Dragging or the arrow keys change the width; a double click or Enter resets it. */
export function ColumnResizer({ id, text, width, stop, onStop }: Props) {
  const texts = useTexts()
  const { layout } = useImagesServices()
  const start = useRef<{ x: number; px: number } | null>(null)
  const widthOf = (handle: Element) =>
    handle.parentElement?.getBoundingClientRect().width ?? NARROWEST

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { x: event.clientX, px: widthOf(event.currentTarget) }
  }
  const onPointerMove = ({ clientX }: PointerEvent) => {
    if (start.current) layout.resizeColumn(id, start.current.px + clientX - start.current.x)
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
    layout.resizeColumn(id, by === undefined ? null : widthOf(event.currentTarget) + by)
  }

  return (
    // A movable separator is interactive.
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
      // Otherwise dragging the handle would move the column.
      onMouseDown={(event) => {
        event.preventDefault()
        event.currentTarget.focus()
      }}
      onDoubleClick={() => layout.resizeColumn(id, null)}
      onKeyDown={onKeyDown}
    />
  )
}
