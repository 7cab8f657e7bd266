import { Progress } from '@/components/ui/Progress'
import { codeText } from '@/lib/api/error'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf, reasonText } from './naming'

interface Props {
  image: Image
  /** The reasons stand beside it already. */
  brief?: boolean
}

export function StatusCell({ image, brief = false }: Props) {
  const { status, stage, progress, attention } = image
  const review = status === 'processed' && attention.length > 0
  const look = review ? 'attention' : status
  return (
    <div className={styles['status']}>
      <span className={[styles['pill'], styles[look]].join(' ')}>{texts.table[look]}</span>
      {status === 'pending' && (
        <>
          <span className={styles['note']}>{texts.stage[stage]}</span>
          {stage !== '' && stage !== 'queued' && (
            <Progress label={texts.progress(nameOf(image))} value={progress / 100} />
          )}
        </>
      )}
      {review && !brief && <Note text={attention.map(reasonText).join(' ')} />}
      {status === 'failed' && <Note text={failure(image)} />}
    </div>
  )
}

function Note({ text }: { text: string }) {
  return (
    <span className={styles['note']} data-tip={text}>
      {text}
    </span>
  )
}

/** Why it failed, in the same words as an error of a call. */
export function failure({ error }: Pick<Image, 'error'>): string {
  return error ? codeText(error.code, error.message, error.hint) : ''
}
