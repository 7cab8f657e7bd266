import { type ReactNode, useEffect, useId, useRef } from 'react'
import { texts } from '@/lib/i18n'
import { IconButton } from './Button'
import styles from './Dialog.module.css'
import { enterTopLayer } from './top-layer'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  /** Beside the title. */
  tools?: ReactNode
  wide?: boolean
}

/** The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, children, tools, wide = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    if (!dialog) return
    dialog.showModal()
    const leave = enterTopLayer(dialog)
    return () => {
      leave()
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  return (
    // The pointer may close it by its backdrop; the keyboard has Escape and the button.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={ref}
      className={[styles['dialog'], wide ? styles['wide'] : ''].join(' ')}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return // Of a dialog that was opened from this one.
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={styles['frame']}>
        <header className={styles['head']}>
          <h2 id={titleId} className={styles['title']}>
            {title}
          </h2>
          {tools}
          <IconButton icon="close" label={texts.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  )
}
