import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { errorText } from '@/lib/api/error'
import type { Recipes } from '@/lib/api/types'
import { type Texts, useTexts } from '@/lib/i18n'
import { useUi } from '@/lib/services'
import { useRecipes } from '@/lib/api/get-recipes'
import { RecutChoice } from './RecutChoice'
import { type Choice, MAX_LABELS, targetOf } from './recut-choice'
import styles from './RecutDialog.module.css'
import { startRecut } from './start-recut'
import type { RecutTarget } from './run-recut'
import { useDebounced } from './use-debounced'
import { useWouldChange, type WouldChange } from './use-would-change'

interface Props {
  /** How many images are selected, roughly. */
  count: number
  findIds: () => Promise<number[]>
  onClose: () => void
  /** The re-cut has started. */
  onDone: () => void
}

/** Re-cuts the selected images with the active recipes, or with recipes chosen for them. */
export function RecutDialog({ count, findIds, onClose, onDone }: Props) {
  const texts = useTexts()
  const text = texts.recipes
  const { data: now, isError } = useRecipes()
  const ids = useQuery({ queryKey: ['recut-ids'], queryFn: findIds, gcTime: 0 })
  const failed = isError || ids.isError
  return (
    <Dialog title={text.choose.title(count)} onClose={onClose}>
      {now && ids.data ? (
        <Form now={now} ids={ids.data} onClose={onClose} onDone={onDone} />
      ) : (
        <p className={styles['wait']} role="status">
          {failed ? (isError ? text.loadFailed : errorText(ids.error, texts)) : text.loading}
        </p>
      )}
    </Dialog>
  )
}

const PAUSE_MS = 300

function summary(
  state: WouldChange,
  choice: Choice,
  asked: RecutTarget | null,
  texts: Texts,
): string {
  const text = texts.recipes
  if (!asked) return choice.labels.size > MAX_LABELS ? text.choose.tooMany : text.choose.none
  if (state.step === 'failed') return errorText(state.error, texts)
  if (state.step === 'counting') return text.recut.counting(state.sum?.looked ?? 0)
  return text.choose.would(state.sum.changed, state.sum.looked - state.sum.skipped)
}

interface FormProps extends Pick<Props, 'onClose' | 'onDone'> {
  now: Recipes
  ids: readonly number[]
}

function Form({ now, ids, onClose, onDone }: FormProps) {
  const texts = useTexts()
  const text = texts.recipes.choose
  const ui = useUi()
  const [choice, setChoice] = useState<Choice>({ by: 'active', labels: new Set() })
  const target = useMemo(() => targetOf(choice, ids, now), [choice, ids, now])
  const settled = useDebounced(target, PAUSE_MS)
  const state = useWouldChange(settled)
  return (
    <div className={styles['form']}>
      <div className={styles['choice']}>
        <RecutChoice now={now} choice={choice} onChange={setChoice} />
      </div>
      <p role="status" className={styles['words']}>
        {summary(
          target === settled ? state : { step: 'counting', sum: null },
          choice,
          target,
          texts,
        )}
      </p>
      <div className={styles['actions']}>
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button
          look="primary"
          disabled={target === null}
          onClick={() => {
            if (!target) return
            onClose()
            onDone()
            void startRecut(ui, target, state.sum?.changed ?? ids.length)
          }}
        >
          {text.cut}
        </Button>
      </div>
    </div>
  )
}
