import { useState } from 'react'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { nameOf } from '@/lib/naming'
import { type Layer, sizeOf } from '@/lib/skeleton'
import { Overlay } from '@/components/overlay/Overlay'

interface Props {
  image: ImageDetail
  shown: ReadonlySet<Layer>
  /** The person who is highlighted. */
  picked: number | null
  onPick: (label: string) => void
  onPerson: (index: number) => void
  /** The shots whose crops are drawn: those the image has, or those it would get. */
  shots: readonly Shot[]
}

export function PhotoStage({ image, shots, shown, picked, onPick, onPerson }: Props) {
  const texts = useTexts()
  const [broken, setBroken] = useState(false)
  const { original, format = '' } = image
  const { width, height } = sizeOf(image)
  if (!original) return <p className={styles['stage']}>{texts.detail.noOriginal}</p>
  return (
    <div className={styles['stage']}>
      {/* Photo and overlay share one box, because both are fitted into it in the same way. */}
      {broken ? (
        <p>{texts.detail.noPreview(format.toUpperCase())}</p>
      ) : (
        <img
          className={styles['photo']}
          src={original}
          alt={texts.detail.alt(nameOf(image))}
          onError={() => setBroken(true)}
        />
      )}
      {width > 0 && height > 0 && (
        <Overlay
          image={image}
          shots={shots}
          shown={shown}
          picked={picked}
          onPick={onPick}
          onPerson={onPerson}
        />
      )}
    </div>
  )
}
