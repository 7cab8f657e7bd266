import type { CSSProperties } from 'react'
import { Icon } from '@/components/ui/Icon'
import { hueOf, reasonText, shotWords, titleOf } from '@/features/images'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { reasonWords } from './reasons'
import styles from './ReviewShots.module.css'

interface Props {
  image: ImageDetail
  picked: string | null
  onPick: (label: string) => void
}

/** A little wider than high: so they get largest on common screens. */
const columnsFor = (n: number) => Math.min(n, Math.ceil(Math.sqrt(1.3 * n)))

/** The shots; one of them can be chosen, for a verdict on it alone. */
export function ReviewShots({ image, picked, onPick }: Props) {
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
                <span className={styles['none']}>{shotWords(shot)}</span>
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
  const { state, verdict, by, reasons, url } = shot
  return (
    <span className={styles['caption']}>
      <span className={styles['line']}>
        <kbd>{at + 1}</kbd>
        <strong className={styles['title']} style={{ borderColor: hueOf(at) }}>
          {titleOf(shot)}
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
          {verdict?.reason ? reasonWords(verdict.reason) : reasons.map(reasonText).join(' ')}
        </span>
      )}
    </span>
  )
}
