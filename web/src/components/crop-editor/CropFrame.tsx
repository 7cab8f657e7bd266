import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import type { Box } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import styles from './CropStage.module.css'
import { type Frame, type Handle, handles, move, resize } from './geometry'

interface Props {
  title: string
  box: Box
  frame: Frame
  /** Image pixels per screen pixel. */
  pixel: number
  style: CSSProperties
  /** Changes with the same drag are one step to undo. */
  onBox: (box: Box, drag?: object) => void
  onKey: (event: KeyboardEvent) => void
}

/** Where a drag started. Each move is measured from there, so that nothing is lost at the edges. */
interface Drag {
  x: number
  y: number
  box: Box
  handle: Handle | null
}

/** The frame to drag, with a handle at each corner and edge. Keyboard users have arrow keys and number fields
 * instead of the handles. */
export function CropFrame({ title, box, frame, pixel, style, onBox, onKey }: Props) {
  const texts = useTexts()
  const ref = useRef<HTMLButtonElement>(null)
  const drag = useRef<Drag | null>(null)
  useEffect(() => ref.current?.focus({ preventScroll: true }), [])

  const begin = (handle: Handle | null) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || drag.current) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, y: event.clientY, box, handle }
  }
  const go = ({ clientX, clientY }: PointerEvent) => {
    const from = drag.current
    if (!from) return
    const dx = (clientX - from.x) * pixel
    const dy = (clientY - from.y) * pixel
    onBox(
      from.handle ? resize(from.box, from.handle, dx, dy, frame) : move(from.box, dx, dy, frame),
      from,
    )
  }
  const end = () => (drag.current = null)
  const during = { onPointerMove: go, onPointerUp: end, onPointerCancel: end }

  return (
    <div className={styles['frame']} style={style}>
      <button
        ref={ref}
        type="button"
        className={styles['mover']}
        aria-label={texts.correct.frame(title)}
        onPointerDown={begin(null)}
        {...during}
        onKeyDown={onKey}
      >
        <span className={styles['thirds']} />
      </button>
      {handles.map((handle) => (
        <span
          key={handle}
          className={[styles['handle'], styles[handle]].join(' ')}
          data-handle={handle}
          aria-hidden="true"
          onPointerDown={begin(handle)}
          {...during}
        />
      ))}
    </div>
  )
}
