import { useEffect, useRef } from 'react'
import type { ImageDetail } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { shortTitle, thumbnailOf } from '@/lib/naming'
import { hueOf } from '@/lib/skeleton'
import { Thumbnail } from '@/features/images/table/Thumbnail'

interface Props {
  image: ImageDetail
  /** The label of the current shot; '' is the photo. */
  current: string
  onPick: (label: string) => void
}

export function ViewStrip({ image, current, onPick }: Props) {
  const texts = useTexts()
  const ref = useRef<HTMLDivElement>(null)
  // The keys of the dialog work only while the focus is inside.
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus()
  }, [])
  const photo = thumbnailOf(image)
  return (
    <div ref={ref} className={styles['strip']} role="group" aria-label={texts.detail.views}>
      <button
        type="button"
        className={styles['view']}
        aria-pressed={current === ''}
        onClick={() => onPick('')}
      >
        {photo ? <Thumbnail {...photo} /> : <span className={styles['none']} />}
        <span>{texts.shot.photo}</span>
      </button>
      {image.shots.map(({ label, title, url, state }, index) => (
        <button
          key={label}
          type="button"
          className={styles['view']}
          aria-pressed={label === current}
          onClick={() => onPick(label)}
        >
          {url ? <Thumbnail src={url} /> : <span className={styles['none']} />}
          <span className={styles['legend']} style={{ borderColor: hueOf(index) }}>
            {shortTitle({ title }, texts)}
          </span>
          {state !== 'ok' && <span className={styles['viewState']}>{texts.shot.state[state]}</span>}
        </button>
      ))}
    </div>
  )
}
