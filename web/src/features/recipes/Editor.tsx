import { type ChangeEvent, type KeyboardEvent, type Ref, useImperativeHandle, useRef } from 'react'
import { useTexts } from '@/lib/i18n'
import type { Problem } from './api/check-recipes'
import styles from './Editor.module.css'
import { editKey } from './editing'

export interface EditorHandle {
  /** Moves the cursor to the offset and scrolls it into view. */
  goTo: (offset: number) => void
}

interface Props {
  value: string
  problems: readonly Problem[]
  invalid: boolean
  /** The id of the element that describes the state of the text. */
  describedBy: string
  onChange: (text: string) => void
  onCursor: (offset: number) => void
  onNextProblem: () => void
  ref?: Ref<EditorHandle>
}

/** In rem; the same as in the style sheet. */
const LINE_HEIGHT = 1.3125

const countLines = (text: string) => text.split('\n').length

/** A plain textarea, so that the browser's undo, search and screen reader support work. Line numbers are
 * beside it, with a mark at each line that has a problem. */
export function Editor({ value, problems, invalid, describedBy, ref, ...on }: Props) {
  const texts = useTexts()
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = countLines(value)
  const bad = [...new Set(problems.flatMap(({ line }) => (line === undefined ? [] : [line])))]

  useImperativeHandle(ref, () => ({
    goTo(offset) {
      const field = area.current
      if (!field) return
      field.focus()
      field.setSelectionRange(offset, offset)
      // The browser's own event comes late, and not at all if the selection was there already.
      on.onCursor(offset)
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
      const line = countLines(field.value.slice(0, offset)) - 1
      field.scrollTop = Math.max(0, line * LINE_HEIGHT * rem - field.clientHeight / 3)
    },
  }))

  const tellCursor = () => area.current && on.onCursor(area.current.selectionStart)
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'F8') on.onNextProblem()
    else if (!editKey(event.currentTarget, event.nativeEvent)) return
    event.preventDefault()
  }

  return (
    <div className={styles['editor']} style={{ '--digits': String(lines).length } as object}>
      <div className={styles['gutter']} aria-hidden="true">
        <div ref={gutter} className={styles['numbers']}>
          {bad.map((line) => (
            <span
              key={line}
              className={styles['mark']}
              style={{ top: `${(line - 1) * LINE_HEIGHT}rem` }}
            />
          ))}
          <span>{Array.from({ length: lines }, (_, n) => n + 1).join('\n')}</span>
        </div>
      </div>
      <textarea
        ref={area}
        className={styles['text']}
        value={value}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label={texts.recipes.editor}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event: ChangeEvent<HTMLTextAreaElement>) => {
          on.onChange(event.target.value)
          tellCursor()
        }}
        onKeyDown={onKeyDown}
        onSelect={tellCursor}
        onScroll={({ currentTarget }) => {
          if (gutter.current)
            gutter.current.style.transform = `translateY(${-currentTarget.scrollTop}px)`
        }}
      />
    </div>
  )
}
