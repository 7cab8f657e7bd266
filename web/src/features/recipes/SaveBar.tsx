import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import type { Recipes } from '@/lib/api/types'
import { useUi } from '@/lib/services'
import { useTexts } from '@/lib/i18n'
import { RevertDialog } from './RevertDialog'
import type { Draft, DraftStore } from './draft'
import { RecutOffer } from './RecutOffer'
import styles from './RecipesDialog.module.css'
import { useSaving } from './use-saving'

interface Props {
  now: Recipes
  drafts: DraftStore
  draft: Draft | null
  /** The text has no problems. */
  good: boolean
}

export function SaveBar({ now, drafts, draft, good }: Props) {
  const texts = useTexts()
  const text = texts.recipes
  const ui = useUi()
  const [asking, setAsking] = useState(false)
  const { busy, conflict, saved, message, save, takeTheirs } = useSaving(drafts)
  const discard = (mine: Draft) => {
    drafts.set(null)
    ui.notify('info', text.discarded, {
      action: { label: texts.undo, run: () => drafts.set(mine) },
    })
  }
  return (
    <footer className={styles['foot']}>
      {conflict && draft && (
        <div className={styles['notice']} data-tone="warn">
          <p role="alert">{text.conflict.title}</p>
          <Button onClick={() => takeTheirs(draft.text, now)}>{text.conflict.theirs}</Button>
          <Button
            look="quiet"
            disabled={busy || !good}
            onClick={() => void save(draft.text, now.version)}
          >
            {text.conflict.mine}
          </Button>
        </div>
      )}
      {saved > 0 && !draft && <RecutOffer key={saved} message={message} />}
      <div className={styles['bar']}>
        <p className={styles['words']} role="status">
          {busy ? text.saving : draft ? text.draft : ''}
        </p>
        {now.source === 'page' && (
          <Button look="quiet" data-tip={text.revertTip} onClick={() => setAsking(true)}>
            {text.revert}
          </Button>
        )}
        {draft && (
          <Button look="quiet" onClick={() => discard(draft)}>
            {text.discard}
          </Button>
        )}
        <Button
          look="primary"
          data-tip={text.saveTip}
          disabled={!draft || !good || busy || conflict}
          onClick={() => draft && void save(draft.text, draft.version)}
        >
          {text.save}
        </Button>
      </div>
      {asking && (
        <RevertDialog
          onClose={() => setAsking(false)}
          onConfirm={() => void save(null, now.version)}
        />
      )}
    </footer>
  )
}
