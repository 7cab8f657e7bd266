import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@/components/ui/Button'
import { CroppedImage } from '@/components/ui/CroppedImage'
import { errorText } from '@/lib/api/error'
import type { ImageDetail, Plan } from '@/lib/api/types'
import { boxOf } from '@/lib/box'
import { useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import styles from './ImageDialog.module.css'
import { shortTitle, titleOf } from '@/lib/naming'
import { choosePerson } from '@/lib/choose-person'
import { sizeOf } from '@/lib/skeleton'

interface Props {
  image: ImageDetail
  person: number
  plan: UseQueryResult<Plan>
}

/** Previews the shots that the image would get with another person, with a button to apply them. */
export function PeoplePlan({ image, person, plan: { data, error } }: Props) {
  const texts = useTexts()
  const services = useServices()
  const [sending, setSending] = useState(false)
  const text = texts.correct.person
  const use = async () => {
    setSending(true)
    await choosePerson(services, image, person)
    setSending(false)
  }
  if (error) return <p role="alert">{errorText(error, texts)}</p>
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
              fallback={image.thumbnail}
              photo={sizeOf(image)}
              box={boxOf(shot.box ?? [])}
              alt={titleOf(shot, texts)}
              maxRem={4.5}
            />
            <span aria-hidden="true">{shortTitle(shot, texts)}</span>
          </li>
        ))}
      </ul>
      <Button look="primary" disabled={sending} onClick={() => void use()}>
        {text.use}
      </Button>
    </div>
  )
}
