import { useState } from 'react'
import styles from './cells.module.css'

/** Decorative: the button around it has the words. */
export function Thumbnail({ src }: { src: string }) {
  const [broken, setBroken] = useState<string | null>(null)
  if (broken === src) return <span className={styles['empty']} />
  return (
    <img
      className={styles['thumbnail']}
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
}
