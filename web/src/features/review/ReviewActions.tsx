import type { ReactNode } from 'react'
import { Button } from '@/components/ui/Button'
import type { IconName } from '@/components/ui/Icon'
import { shortTitle } from '@/lib/naming'
import type { Shot } from '@/lib/api/types'
import { useHotkeysEnabled } from '@/lib/hotkeys'
import { useTexts } from '@/lib/i18n'
import styles from './ReviewActions.module.css'

export interface Actions {
  accept: () => void
  reject: () => void
  next: () => void
  previous: () => void
  undo: () => void
  edit: () => void
  /** Uses the next person in the photo. */
  who: () => void
}

interface Props {
  /** The decision is on this shot only. */
  only: Shot | undefined
  /** There are several people in the photo. */
  several: boolean
  atStart: boolean
  /** There is nothing left to review. */
  ended: boolean
  actions: Actions
  onHelp: () => void
}

/** The actions, each with its key. */
export function ReviewActions({ only, several, atStart, ended, actions, onHelp }: Props) {
  const texts = useTexts()
  const text = texts.review
  return (
    <div className={styles['actions']} role="toolbar" aria-label={text.title}>
      <Action icon="check" hint="A" className="accept" disabled={ended} onClick={actions.accept}>
        {text.accept}
      </Action>
      <Action icon="close" hint="R" className="reject" disabled={ended} onClick={actions.reject}>
        {text.reject}
      </Action>
      <span className={styles['only']}>{only && text.only(shortTitle(only, texts))}</span>
      <Action icon="crop" hint="E" disabled={ended} onClick={actions.edit}>
        {text.edit}
      </Action>
      {several && (
        <Action icon="person" hint="W" disabled={ended} onClick={actions.who}>
          {text.who}
        </Action>
      )}
      <Action icon="undo" hint="U" onClick={actions.undo}>
        {text.undo}
      </Action>
      <Action icon="left" hint="P" disabled={atStart} onClick={actions.previous}>
        {text.previous}
      </Action>
      <Action icon="right" hint="N" disabled={ended} onClick={actions.next}>
        {text.next}
      </Action>
      <Action icon="help" hint="?" className="help" onClick={onHelp}>
        {text.help}
      </Action>
    </div>
  )
}

interface ActionProps {
  icon: IconName
  hint: string
  className?: 'accept' | 'reject' | 'help'
  disabled?: boolean
  onClick: () => void
  children: ReactNode
}

function Action({ icon, hint, className, disabled = false, onClick, children }: ActionProps) {
  const [keys] = useHotkeysEnabled()
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
