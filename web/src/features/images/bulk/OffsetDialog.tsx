import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Progress } from '@/components/ui/Progress'
import { errorText } from '@/lib/api/error'
import { usePlan } from '@/lib/api/plan-image'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import { type Texts, useLocale, useTexts } from '@/lib/i18n'
import type { Offset } from '@/features/images/api/offset-edits'
import { isAllowed, offsetOf } from './offset'
import { OffsetCards } from './OffsetCards'
import styles from './OffsetDialog.module.css'
import { type OffsetRun, useOffsetRun } from './use-offset-run'

interface Props {
  image: ImageDetail
  /** The shot whose box was drawn by hand. */
  shot: Shot
  /** The title of the shot. */
  title: string
  onClose: () => void
}

/** Applies the shift of one crop to its whole batch, after a preview. */
export function OffsetDialog({ image, shot, title, onClose }: Props) {
  const texts = useTexts()
  const { label, box } = shot
  const batch = image.batch ?? ''
  const { data: plan, error } = usePlan(image, { boxes: { [label]: null } })
  const planned = plan?.shots.find((one) => one.label === label)?.box
  const offset = planned && box ? offsetOf(boxOf(planned), boxOf(box)) : null
  const text = texts.correct.batch
  return (
    <Dialog wide title={text.title(title, batch)} onClose={onClose}>
      {offset && isAllowed(offset) ? (
        <Offer task={{ label, batch, offset }} title={title} onClose={onClose} />
      ) : (
        <p className={styles['body']} role="status">
          {error ? errorText(error, texts) : plan ? text.far : text.looking(0)}
        </p>
      )}
    </Dialog>
  )
}

interface OfferProps {
  task: { label: string; batch: string; offset: Offset }
  title: string
  onClose: () => void
}

function Offer({ task, title, onClose }: OfferProps) {
  const { texts, format } = useLocale()
  const [first] = useState(task)
  const { run, apply } = useOffsetRun(first, title, onClose)
  const { step, sum } = run
  const text = texts.correct.batch
  return (
    <>
      <div className={styles['body']}>
        <p className={styles['what']}>
          {text.what(first.offset.x, first.offset.y, first.offset.scale)}
        </p>
        <p role="status">{statusText(run, texts)}</p>
        {(step === 'checking' || step === 'applying') && (
          <Progress label={text.progress} value={shareOf(run)} />
        )}
        {sum && sum.first.length > 0 && <OffsetCards changed={sum.first} />}
        {sum && step === 'ready' && sum.changed > sum.first.length && (
          <p className={styles['more']}>{texts.andMore(sum.changed - sum.first.length)}</p>
        )}
      </div>
      <footer className={styles['foot']}>
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button
          look="primary"
          disabled={step !== 'ready' || sum?.changed === 0}
          onClick={() => void apply()}
        >
          {text.apply(format.number(sum?.changed ?? 0))}
        </Button>
      </footer>
    </>
  )
}

function statusText(run: OffsetRun, texts: Texts): string {
  const text = texts.correct.batch
  if (run.step === 'failed') return errorText(run.error, texts)
  if (run.step === 'ready') return text.changes(run.sum.changed, run.sum.skipped)
  if (run.step === 'applying') return text.applied(run.sum.changed)
  return text.looking(run.sum?.looked ?? 0)
}

const shareOf = (run: OffsetRun) =>
  run.step === 'applying' && run.all > 0 ? run.sum.looked / run.all : null
