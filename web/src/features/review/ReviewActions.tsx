import type { ReactNode } from 'react'
import { Button } from '@/components/ui/Button'
import type { IconName } from '@/components/ui/Icon'
import { shortTitle } from '@/features/images'
import type { Shot } from '@/lib/api/types'
import { useHotkeysEnabled } from '@/lib/hotkeys'
import { texts } from '@/lib/i18n'
import styles from './ReviewActions.module.css'

export interface Actions {
  accept: () => void
  reject: () => void
  next: () => void
  previous: () => void
  undo: () => void
  edit: () => void
  /** The next person of the photo. */
  who: () => void
}

interface Props {
  /** The verdict is on this shot alone. */
  only: Shot | undefined
  /** Several people are in the photo. */
  several: boolean
  atStart: boolean
  /** There is nothing to judge. */
  ended: boolean
  actions: Actions
  onHelp: () => void
}

/** All that can be done, each with its key. */
export function ReviewActions({ only, several, atStart, ended, actions, onHelp }: Props) {
  const text = texts.review
  return (
    <div className={styles['actions']} role="toolbar" aria-label={text.title}>
      <Act icon="check" hint="A" className="accept" disabled={ended} onClick={actions.accept}>
        {text.accept}
      </Act>
      <Act icon="close" hint="R" className="reject" disabled={ended} onClick={actions.reject}>
        {text.reject}
      </Act>
      <span className={styles['only']}>{only && text.only(shortTitle(only))}</span>
      <Act icon="crop" hint="E" disabled={ended} onClick={actions.edit}>
        {text.edit}
      </Act>
      {several && (
        <Act icon="person" hint="W" disabled={ended} onClick={actions.who}>
          {text.who}
        </Act>
      )}
      <Act icon="undo" hint="U" onClick={actions.undo}>
        {text.undo}
      </Act>
      <Act icon="left" hint="P" disabled={atStart} onClick={actions.previous}>
        {text.previous}
      </Act>
      <Act icon="right" hint="N" disabled={ended} onClick={actions.next}>
        {text.next}
      </Act>
      <Act icon="help" hint="?" className="help" onClick={onHelp}>
        {text.help}
      </Act>
    </div>
  )
}

interface ActProps {
  icon: IconName
  hint: string
  className?: 'accept' | 'reject' | 'help'
  disabled?: boolean
  onClick: () => void
  children: ReactNode
}

function Act({ icon, hint, className, disabled = false, onClick, children }: ActProps) {
  const keys = useHotkeysEnabled()
  return (
    <Button
      icon={icon}
      className={className ? styles[className] : undefined}
      disabled={disabled}
      aria-keyshortcuts={keys ? hint.toLowerCase() : undefined}
      onClick={onClick}
    >
      <span>{children}</span>
      {keys && <kbd aria-hidden="true">{hint}</kbd>}
    </Button>
  )
}
