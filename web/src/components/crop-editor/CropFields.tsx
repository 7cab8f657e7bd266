import { type KeyboardEvent, useEffect, useState } from 'react'
import type { Box } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import styles from './CropEditor.module.css'
import { type Frame, withField } from './geometry'

interface Props {
  box: Box
  frame: Frame
  onBox: (box: Box) => void
}

const fields = ['x', 'y', 'w', 'h'] as const
const ANNOUNCE_AFTER_MS = 500

/** The box as numbers, for exact input and for users who cannot see the frame. */
export function CropFields({ box, frame, onBox }: Props) {
  const texts = useTexts()
  return (
    <fieldset className={styles['fields']}>
      <legend className="visually-hidden">{texts.correct.numbers}</legend>
      {fields.map((field) => (
        <NumberField
          key={field}
          label={texts.correct.field[field]}
          value={box[field]}
          onValue={(value) => onBox(withField(box, field, value, frame))}
        />
      ))}
      <Announcement box={box} />
    </fieldset>
  )
}

interface FieldProps {
  label: string
  value: number
  onValue: (value: number) => void
}

/** A typed number is used when the field loses focus or Enter is pressed, because half a number is not a box. */
function NumberField({ label, value, onValue }: FieldProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const commit = () => {
    const typed = Number(draft)
    if (draft !== null && draft.trim() !== '' && Number.isFinite(typed)) onValue(Math.round(typed))
    setDraft(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setDraft(null)
      onValue(value + step * (event.shiftKey ? 10 : 1))
    } else if (event.key === 'Enter' && draft !== null) {
      event.preventDefault()
      commit()
    }
  }
  return (
    <label>
      <span>{label}</span>
      <input
        inputMode="numeric"
        value={draft ?? value}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
    </label>
  )
}

/** Announces the box to screen readers when it stops changing. */
function Announcement({ box: { x, y, w, h } }: { box: Box }) {
  const texts = useTexts()
  const [announced, setAnnounced] = useState('')
  const text = texts.detail.cropAt(w, h, x, y)
  useEffect(() => {
    const timer = setTimeout(() => setAnnounced(text), ANNOUNCE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span className="visually-hidden" role="status">
      {announced}
    </span>
  )
}
