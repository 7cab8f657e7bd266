import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import { CroppedImage } from '@/components/ui/CroppedImage'
import { errorText } from '@/lib/api/error'
import type { ImageDetail, Plan } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import { texts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { shortTitle, titleOf } from './naming'
import { choosePerson } from './choose-person'
import { sizeOf } from './skeleton'

interface Props {
  image: ImageDetail
  person: number
  plan: UseQueryResult<Plan>
}

/** The shots that the image would get with another person, and the way to have them. */
export function PeoplePlan({ image, person, plan: { data, error } }: Props) {
  const [sending, setSending] = useState(false)
  const text = texts.correct.person
  const use = async () => {
    setSending(true)
    await choosePerson(image, person)
    setSending(false)
  }
  if (error) return <p role="alert">{errorText(error)}</p>
  if (!data) return <p role="status">{text.looking}</p>
  const shots = data.shots.filter(({ box }) => box !== undefined)
  return (
    <div className={styles['plan']}>
      <h4 className={styles['peopleTitle']}>{text.would(person + 1)}</h4>
      {shots.length === 0 && <p>{text.none}</p>}
      <ul className={styles['planned']}>
        {shots.map((shot) => (
          <li key={shot.label}>
            <CroppedImage
              src={image.original ?? image.thumbnail ?? ''}
              spare={image.thumbnail}
              photo={sizeOf(image)}
              box={boxOf(shot.box ?? [])}
              alt={titleOf(shot)}
              maxRem={4.5}
            />
            <span aria-hidden="true">{shortTitle(shot)}</span>
          </li>
        ))}
      </ul>
      <Button look="primary" disabled={sending} onClick={() => void use()}>
        {text.use}
      </Button>
    </div>
  )
}
