import { Progress } from '@/components/ui/Progress'
import { codeText } from '@/lib/api/error'
import { needsReview } from '@/lib/api/needs-review'
import type { Image } from '@/lib/api/types'
import { type Texts, useTexts } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf, reasonText } from '@/lib/naming'

interface Props {
  image: Image
  /** The reasons are shown beside it already. */
  brief?: boolean
}

export function StatusCell({ image, brief = false }: Props) {
  const texts = useTexts()
  const { status, stage, progress, attention } = image
  const review = needsReview(image)
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
      {review && attention.length > 0 && !brief && (
        <Note text={attention.map((reason) => reasonText(reason, texts)).join(' ')} />
      )}
      {status === 'failed' && <Note text={failureText(image, texts)} />}
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

/** Why it failed, with the same text as for a failed call. */
function failureText({ error }: Pick<Image, 'error'>, texts: Texts): string {
  return error ? codeText(texts, error.code, error.message, error.hint) : ''
}
