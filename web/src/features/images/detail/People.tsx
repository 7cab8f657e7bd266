import type { UseQueryResult } from '@tanstack/react-query'
import { Button } from '@/components/ui/Button'
import type { ImageDetail, Plan } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import { FactLines } from './FactLines'
import styles from './ImageDialog.module.css'
import { choosePerson } from '@/lib/choose-person'
import { PeoplePlan } from './PeoplePlan'

interface Props {
  image: ImageDetail
  /** The person who is highlighted on the photo. */
  picked: number | null
  onPick: (person: number | null) => void
  /** The shots that the image would get with that person, if it is not the current one. */
  plan: UseQueryResult<Plan> | null
}

/** The people in the photo with their scores. One can be highlighted, and then chosen for the shots. */
export function People({ image, picked, onPick, plan }: Props) {
  const texts = useTexts()
  const services = useServices()
  const { people, person } = image
  const shown = people[picked ?? person ?? 0]
  if (!shown) return null
  const text = texts.detail
  const byHand = image.edits?.person !== undefined
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
              {at === person && (
                <span className={styles['shown']}>
                  {text.shown}
                  {byHand && `, ${texts.correct.person.byHand}`}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      {plan && picked !== null && <PeoplePlan image={image} person={picked} plan={plan} />}
      {!plan && byHand && (
        <Button look="quiet" icon="retry" onClick={() => void choosePerson(services, image, null)}>
          {texts.correct.person.asRecipe}
        </Button>
      )}
      <details className={styles['landmarks']}>
        <summary>{text.keypoints}</summary>
        <FactLines
          lines={shown.landmarks.map(({ name, score }) => [
            text.keypoint(name),
            text.percent(score),
          ])}
        />
      </details>
    </section>
  )
}
