import { useMemo, useState } from 'react'
import { Overlay } from '@/components/overlay/Overlay'
import { choosePerson } from '@/lib/choose-person'
import { nameOf, reasonText } from '@/lib/naming'
import { type Layer, sizeOf } from '@/lib/skeleton'
import type { ImageDetail } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import styles from './ReviewImage.module.css'
import { ReviewShots } from './ReviewShots'

interface Props {
  image: ImageDetail
  picked: string | null
  /** Whether the skeleton is drawn. */
  skeleton: boolean
  onPick: (label: string) => void
}

const plain: ReadonlySet<Layer> = new Set<Layer>(['people', 'crops'])
const withSkeleton: ReadonlySet<Layer> = new Set<Layer>(['people', 'crops', 'skeleton'])

/** The photo with its boxes, and the shots beside it as large as possible. */
export function ReviewImage({ image, picked, skeleton, onPick }: Props) {
  const texts = useTexts()
  const name = nameOf(image)
  const why = useMemo(
    () => [...new Set(image.attention.map((reason) => reasonText(reason, texts)))],
    [image.attention, texts],
  )
  return (
    <article className={styles['image']} aria-label={name}>
      <Photo key={image.id} image={image} picked={picked} skeleton={skeleton} onPick={onPick} />
      <div className={styles['right']}>
        <header className={styles['head']}>
          <h3 className={styles['name']}>{name}</h3>
          <p className={styles['why']}>
            <span className="visually-hidden">{texts.review.why}: </span>
            {why.join(' ')}
          </p>
        </header>
        <ReviewShots image={image} picked={picked} onPick={onPick} />
      </div>
    </article>
  )
}

function Photo({ image, picked, skeleton, onPick }: Props) {
  const texts = useTexts()
  const services = useServices()
  const [broken, setBroken] = useState(false)
  const { width, height } = sizeOf(image)
  const src = broken ? image.thumbnail : (image.original ?? image.thumbnail)
  return (
    <div className={styles['photo']}>
      {src && (
        <img src={src} alt={texts.detail.alt(nameOf(image))} onError={() => setBroken(true)} />
      )}
      {width > 0 && height > 0 && (
        <Overlay
          image={image}
          shots={image.shots}
          only={picked}
          shown={skeleton ? withSkeleton : plain}
          picked={null}
          onPick={onPick}
          onPerson={(person) => {
            if (person !== image.person) void choosePerson(services, image, person)
          }}
        />
      )}
    </div>
  )
}
