import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { Progress } from '@/components/ui/Progress'
import { errorText } from '@/lib/api/error'
import { formatNumber } from '@/lib/format'
import { texts } from '@/lib/texts'
import type { Offset } from './api/offset-edits'
import { OffsetCards } from './OffsetCards'
import styles from './OffsetDialog.module.css'
import { applyOffset, type OffsetRun, previewOffset } from './run-offset'

interface Props {
  label: string
  /** What the shot is called. */
  title: string
  batch: string
  offset: Offset
  onClose: () => void
}

/** The same correction for the whole batch: looked at first, then applied. */
export function OffsetDialog({ label, title, batch, offset, onClose }: Props) {
  const [run, setRun] = useState<OffsetRun>({ step: 'looking', sum: null })
  const stop = useRef(new AbortController())
  const task = useRef({ label, batch, offset })
  const text = texts.correct.batch

  useEffect(() => {
    const ending = new AbortController()
    stop.current = ending
    void previewOffset(task.current, setRun, ending.signal)
    return () => ending.abort()
  }, [])

  const apply = async () => {
    if (run.step !== 'ready') return
    const known = { title, seen: run.sum }
    if (await applyOffset(task.current, known, setRun, stop.current.signal)) onClose()
  }

  const { step, sum } = run
  return (
    <Dialog wide title={text.title(title, batch)} onClose={onClose}>
      <div className={styles['body']}>
        <p>{text.what(offset.x, offset.y, offset.scale)}</p>
        <p role="status">
          {run.step === 'failed' && errorText(run.error)}
          {step === 'looking' && text.looking(sum?.looked ?? 0)}
          {step === 'ready' && sum && text.changes(sum.changed, sum.skipped)}
          {step === 'applying' && sum && text.applied(sum.changed)}
        </p>
        {(step === 'looking' || step === 'applying') && (
          <Progress
            label={text.progress}
            value={run.step === 'applying' && run.all > 0 ? (sum?.looked ?? 0) / run.all : null}
          />
        )}
        {sum && sum.first.length > 0 && <OffsetCards changed={sum.first} />}
        {sum && sum.changed > sum.first.length && (
          <p className={styles['more']}>{texts.andMore(sum.changed - sum.first.length)}</p>
        )}
      </div>
      <footer className={styles['foot']}>
        <Button onClick={onClose}>{text.cancel}</Button>
        <Button
          look="primary"
          disabled={step !== 'ready' || !sum || sum.changed === 0}
          onClick={() => void apply()}
        >
          {text.apply(formatNumber(sum?.changed ?? 0))}
        </Button>
      </footer>
    </Dialog>
  )
}
