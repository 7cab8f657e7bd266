import type { ImageDetail } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { FactLines } from './FactLines'
import styles from './ImageDialog.module.css'

interface Props {
  image: ImageDetail
  /** The person that is pointed out on the photo. */
  picked: number | null
  onPick: (person: number | null) => void
}

/** Everybody who was found, with scores; one can be pointed out. */
export function People({ image, picked, onPick }: Props) {
  const { people, person } = image
  const shown = people[picked ?? person ?? 0]
  if (!shown) return null
  const text = texts.detail
  return (
    <section className={styles['people']} aria-label={text.inPhoto}>
      <h3 className={styles['peopleTitle']}>{text.inPhoto}</h3>
      <ul>
        {people.map(({ score, facing }, at) => (
          <li key={at}>
            <button
              type="button"
              aria-pressed={at === picked}
              data-tip={text.pick(at + 1)}
              onClick={() => onPick(at === picked ? null : at)}
            >
              <strong>{text.personN(at + 1)}</strong> {text.sure(score)}
              {text.facing[facing]}
              {at === person && <span className={styles['shown']}>{text.shown}</span>}
            </button>
          </li>
        ))}
      </ul>
      <details className={styles['landmarks']}>
        <summary>{text.landmarks}</summary>
        <FactLines
          lines={shown.landmarks.map(({ name, score }) => [
            text.landmark(name),
            text.percent(score),
          ])}
        />
      </details>
    </section>
  )
}
