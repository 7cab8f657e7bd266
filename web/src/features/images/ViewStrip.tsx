import { useEffect, useRef } from 'react'
import type { ImageDetail } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import styles from './ImageDialog.module.css'
import { thumbnailOf } from './naming'
import { Thumbnail } from './Thumbnail'

interface Props {
  image: ImageDetail
  /** '' is the photo. */
  current: string
  onPick: (label: string) => void
}

export function ViewStrip({ image, current, onPick }: Props) {
  const ref = useRef<HTMLDivElement>(null)
  // The keys of the dialog are heard from here.
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus()
  }, [])
  const photo = { label: '', title: texts.shot.photo, url: thumbnailOf(image), state: null }
  return (
    <div ref={ref} className={styles['strip']} role="group" aria-label={texts.detail.views}>
      {[photo, ...image.shots].map(({ label, title, url, state }) => (
        <button
          key={label}
          type="button"
          className={styles['view']}
          aria-pressed={label === current}
          onClick={() => onPick(label)}
        >
          {url ? <Thumbnail src={url} /> : <span className={styles['none']} />}
          <span>{title.replace(/ view$/i, '')}</span>
          {state && state !== 'ok' && (
            <span className={styles['viewState']}>{texts.shot.state[state]}</span>
          )}
        </button>
      ))}
    </div>
  )
}
