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
const SAY_AFTER_MS = 500

/** The box in numbers: for exactness, and for those who do not see the frame. */
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
      <Spoken box={box} />
    </fieldset>
  )
}

interface FieldProps {
  label: string
  value: number
  onValue: (value: number) => void
}

/** What is typed counts when it is left or confirmed: a half-typed number is no box. */
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

/** Tells the box when it has come to rest. */
function Spoken({ box: { x, y, w, h } }: { box: Box }) {
  const texts = useTexts()
  const [said, setSaid] = useState('')
  const words = texts.detail.cropAt(w, h, x, y)
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), SAY_AFTER_MS)
    return () => clearTimeout(timer)
  }, [words])
  return (
    <span className="visually-hidden" role="status">
      {said}
    </span>
  )
}
