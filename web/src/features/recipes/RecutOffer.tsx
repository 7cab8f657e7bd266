import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import { errorText } from '@/lib/api/error'
import { texts } from '@/lib/i18n'
import styles from './RecipesDialog.module.css'
import { startRecut } from './start-recut'
import { useWouldChange, type WouldChange } from './use-would-change'

function words(state: WouldChange): string {
  const text = texts.recipes.recut
  if (state.step === 'failed') return errorText(state.error)
  if (state.step === 'looking') return text.counting(state.sum?.looked ?? 0)
  const { changed, looked } = state.sum
  return changed === 0 ? text.none : text.offer(changed, looked)
}

/** After a change: how many pictures it would change that are cut already, and doing it. */
export function RecutOffer({ said }: { said: string }) {
  const [gone, setGone] = useState(false)
  const state = useWouldChange('all')
  const changed = state.step === 'known' ? state.sum.changed : 0
  if (gone) return null
  return (
    <div className={styles['notice']}>
      <p role="status">
        <strong>{said}.</strong> {words(state)}
      </p>
      {changed > 0 && (
        <Button
          icon="crop"
          onClick={() => {
            setGone(true)
            void startRecut('all', changed)
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
