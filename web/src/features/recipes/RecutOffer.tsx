import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import { errorText } from '@/lib/api/error'
import { type Texts, useTexts } from '@/lib/i18n'
import { useUi } from '@/lib/services'
import styles from './RecipesDialog.module.css'
import { startRecut } from './start-recut'
import { useWouldChange, type WouldChange } from './use-would-change'

function summary(state: WouldChange, texts: Texts): string {
  const text = texts.recipes.recut
  if (state.step === 'failed') return errorText(state.error, texts)
  if (state.step === 'counting') return text.counting(state.sum?.looked ?? 0)
  const { changed, looked } = state.sum
  return changed === 0 ? text.none : text.offer(changed, looked)
}

/** After a change of the recipes: says how many existing images it affects, and offers to re-cut them. */
export function RecutOffer({ message }: { message: string }) {
  const texts = useTexts()
  const ui = useUi()
  const [gone, setGone] = useState(false)
  const state = useWouldChange('all')
  const changed = state.step === 'known' ? state.sum.changed : 0
  if (gone) return null
  return (
    <div className={styles['notice']}>
      <p role="status">
        <strong>{message}.</strong> {summary(state, texts)}
      </p>
      {changed > 0 && (
        <Button
          icon="crop"
          onClick={() => {
            setGone(true)
            void startRecut(ui, 'all', changed)
          }}
        >
          {texts.recipes.recut.run(changed)}
        </Button>
      )}
      <Button look="quiet" onClick={() => setGone(true)}>
        {changed > 0 ? texts.recipes.recut.later : texts.close}
      </Button>
    </div>
  )
}
