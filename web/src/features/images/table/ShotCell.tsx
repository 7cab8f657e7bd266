import { Icon } from '@/components/ui/Icon'
import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf, shotSummary } from '@/lib/naming'
import { Thumbnail } from './Thumbnail'
import { useChangeView } from '@/lib/view'

interface Props {
  image: Image
  label: string
  title: string
  tabIndex: number
}

export function ShotCell({ image, label, title, tabIndex }: Props) {
  const texts = useTexts()
  const changeView = useChangeView()
  const shot = image.shots.find((one) => one.label === label)
  if (!shot) {
    const waits = image.status === 'pending'
    return (
      <span className={[styles['empty'], styles[waits ? 'waits' : 'none']].join(' ')}>
        {waits ? <span className="visually-hidden">{texts.shot.waiting}</span> : '–'}
      </span>
    )
  }
  const { state, url, by, verdict } = shot
  const words = [
    shotSummary(shot, texts),
    ...(by ? [texts.correct.by[by]] : []),
    ...(verdict ? [texts.review.decision[verdict.verdict]] : []),
  ].join('\n')
  const word = texts.shot.state[state]
  return (
    <button
      type="button"
      className={styles['shot']}
      tabIndex={tabIndex}
      data-tip={`${title}: ${word}\n${words}`}
      data-state={state}
      aria-label={`${texts.shot.open(title, nameOf(image))}. ${word}. ${words}`}
      onClick={() => changeView({ image: image.id, shot: url ? label : '' })}
    >
      {url ? (
        <Thumbnail src={url} mark={state === 'ok' && <span className={styles['ok']} />} />
      ) : (
        <span className={styles['empty']} />
      )}
      {by && (
        <span className={styles['hand']} aria-hidden="true">
          <Icon name="hand" size={13} />
        </span>
      )}
      {state !== 'ok' && (
        <span className={[styles['badge'], styles[state]].join(' ')} aria-hidden="true">
          {word}
        </span>
      )}
    </button>
  )
}
