import { type ReactNode, useState } from 'react'
import styles from './cells.module.css'

interface Props {
  src: string
  /** A shot is shown in its own frame; a photo may be cropped to fill the place. */
  whole?: boolean
  /** In the corner of a whole picture. */
  mark?: ReactNode
}

/** Decorative: the button around it has the words. */
export function Thumbnail({ src, whole = true, mark }: Props) {
  const [broken, setBroken] = useState<string | null>(null)
  if (broken === src) return <span className={styles['empty']} />
  const picture = (
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
  if (!whole) return picture
  return (
    <span className={styles['frame']}>
      <span className={styles['fitted']}>
        {picture}
        {mark}
      </span>
    </span>
  )
}
