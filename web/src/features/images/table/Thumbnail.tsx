import { type ReactNode, useState } from 'react'
import styles from './cells.module.css'

interface Props {
  src: string
  /** Show the whole image, as for a shot; a photo may be cropped to fill the space. */
  whole?: boolean
  /** Shown in the corner of a whole image. */
  mark?: ReactNode
}

/** Decorative, because the button around it has the text. */
export function Thumbnail({ src, whole = true, mark }: Props) {
  const [broken, setBroken] = useState<string | null>(null)
  if (broken === src) return <span className={styles['empty']} />
  const image = (
    <img
      className={[styles['thumbnail'], whole ? styles['whole'] : ''].join(' ')}
      src={src}
      alt=""
      width={54}
      height={68}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setBroken(src)}
    />
  )
  if (!whole) return image
  return (
    <span className={styles['frame']}>
      <span className={styles['fitted']}>
        {image}
        {mark}
      </span>
    </span>
  )
}
