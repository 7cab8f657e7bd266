import type { CSSProperties } from 'react'
import { Icon } from '@/components/ui/Icon'
import { reasonText, shotSummary, titleOf } from '@/lib/naming'
import { hueOf } from '@/lib/skeleton'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { rejectionText } from './reasons'
import styles from './ReviewShots.module.css'

interface Props {
  image: ImageDetail
  picked: string | null
  onPick: (label: string) => void
}

/** Slightly more columns than rows, which makes the shots largest on common screens. */
const columnsFor = (n: number) => Math.min(n, Math.ceil(Math.sqrt(1.3 * n)))

/** The shots. One can be chosen, so that the decision is on it only. */
export function ReviewShots({ image, picked, onPick }: Props) {
  const texts = useTexts()
  return (
    <ul
      className={styles['shots']}
      style={{ '--columns': columnsFor(image.shots.length) } as CSSProperties}
      aria-label={texts.review.shots}
    >
      {image.shots.map((shot, at) => (
        <li key={shot.label} className={styles['item']}>
          <button
            type="button"
            className={styles['shot']}
            data-state={shot.state}
            data-verdict={shot.verdict?.verdict}
            aria-pressed={picked === shot.label}
            disabled={!shot.url}
            onClick={() => onPick(shot.label)}
          >
            <span className={styles['place']}>
              {shot.url ? (
                <img key={shot.url} src={shot.url} alt="" />
              ) : (
                <span className={styles['none']}>{shotSummary(shot, texts)}</span>
              )}
              {image.status === 'pending' && shot.url && (
                <span className={styles['cutting']}>{texts.correct.cutting}</span>
              )}
            </span>
            <Caption shot={shot} at={at} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Caption({ shot, at }: { shot: Shot; at: number }) {
  const texts = useTexts()
  const { state, verdict, by, reasons, url } = shot
  return (
    <span className={styles['caption']}>
      <span className={styles['line']}>
        <kbd>{at + 1}</kbd>
        <strong className={styles['title']} style={{ borderColor: hueOf(at) }}>
          {titleOf(shot, texts)}
        </strong>
        {by && (
          <span className={styles['by']} data-tip={texts.correct.byTip[by]}>
            <Icon name="hand" size={15} />
            <span className="visually-hidden">{texts.correct.by[by]}</span>
          </span>
        )}
        {verdict ? (
          <span className={styles[verdict.verdict]}>{texts.review.decision[verdict.verdict]}</span>
        ) : (
          <span className={state === 'ok' ? 'visually-hidden' : styles[state]}>
            {texts.shot.state[state]}
          </span>
        )}
      </span>
      {url && (verdict?.reason ?? reasons.length > 0) && (
        <span className={styles['reason']}>
          {verdict?.reason
            ? rejectionText(verdict.reason, texts)
            : reasons.map((reason) => reasonText(reason, texts)).join(' ')}
        </span>
      )}
    </span>
  )
}
