import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useTexts } from '@/lib/i18n'
import styles from './ReasonDialog.module.css'
import { REASONS } from './reasons'

interface Props {
  /** The name of the image or shot. */
  what: string
  onReason: (reason?: string) => void
  onClose: () => void
}

/** The API's limit. */
const MAX_LENGTH = 500

/** Asks why something is rejected: a common reason by its number, a reason in the user's own words, or none. */
export function ReasonDialog({ what, onReason, onClose }: Props) {
  const texts = useTexts()
  const first = useRef<HTMLButtonElement>(null)
  const [own, setOwn] = useState('')
  const text = texts.review
  useEffect(() => first.current?.focus(), [])

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target, ctrlKey, metaKey, altKey } = event
    if (target instanceof HTMLInputElement || ctrlKey || metaKey || altKey) return
    const reason = REASONS[Number(key) - 1]
    if (!reason && key !== 'r') return
    // The dialog closes immediately, so the page below it must not receive the same key.
    event.stopPropagation()
    event.preventDefault()
    onReason(reason)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onReason(own.trim() || undefined)
  }
  return (
    <Dialog title={text.reasonTitle(what)} onClose={onClose}>
      {/* The keys work wherever inside it the focus is. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className={styles['body']} onKeyDown={onKeyDown}>
        <ol className={styles['reasons']}>
          {REASONS.map((reason, at) => (
            <li key={reason}>
              <Button
                {...(at === 0 ? { ref: first } : {})}
                look="quiet"
                aria-keyshortcuts={String(at + 1)}
                onClick={() => onReason(reason)}
              >
                <kbd aria-hidden="true">{at + 1}</kbd>
                {text.reasons[reason]}
              </Button>
            </li>
          ))}
        </ol>
        <form className={styles['own']} onSubmit={submit}>
          <label>
            <span>{text.otherReason}</span>
            <input
              value={own}
              maxLength={MAX_LENGTH}
              onChange={({ target }) => setOwn(target.value)}
            />
          </label>
          <Button look="primary" type="submit" disabled={own.trim() === ''}>
            {text.reject}
          </Button>
        </form>
        <Button className={styles['none']} aria-keyshortcuts="r" onClick={() => onReason()}>
          {text.noReason}
          <kbd aria-hidden="true">R</kbd>
        </Button>
      </div>
    </Dialog>
  )
}
