import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTexts } from '@/lib/i18n'
import { IconButton } from './Button'
import styles from './Dialog.module.css'
import { useServices } from '@/lib/services'

interface Props {
  title: string
  onClose: () => void
  children: ReactNode
  /** Buttons beside the title. */
  tools?: ReactNode
  wide?: boolean
}

/** The browser's own dialog keeps the focus inside and closes on Escape. This also returns the focus. */
export function Dialog({ title, onClose, children, tools, wide = false }: Props) {
  const texts = useTexts()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const { openDialogs } = useServices()
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    if (!dialog) return
    dialog.showModal()
    openDialogs.set((open) => [...open, dialog])
    return () => {
      openDialogs.set((open) => open.filter((one) => one !== dialog))
      dialog.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [openDialogs])

  return (
    // A click on the backdrop closes it; keyboards have Escape and the button.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={ref}
      className={[styles['dialog'], wide ? styles['wide'] : ''].join(' ')}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return // It comes from a dialog that was opened from this one.
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
