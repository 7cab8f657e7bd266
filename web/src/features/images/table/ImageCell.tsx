import type { Image } from '@/lib/api/types'
import { Icon } from '@/components/ui/Icon'
import { type Format, useLocale } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf, sourceOf, thumbnailOf } from '@/lib/naming'
import { Thumbnail } from './Thumbnail'
import { useChangeView } from '@/lib/view'

export function ImageCell({ image, tabIndex }: { image: Image; tabIndex: number }) {
  const { texts, format } = useLocale()
  const changeView = useChangeView()
  const name = nameOf(image)
  const thumbnail = thumbnailOf(image)
  return (
    <button
      type="button"
      className={styles['image']}
      tabIndex={tabIndex}
      onClick={() => changeView({ image: image.id, shot: '' })}
    >
      {thumbnail ? (
        <Thumbnail {...thumbnail} />
      ) : (
        <span className={styles['empty']}>
          <Icon name="image" />
        </span>
      )}
      <span className={styles['names']}>
        <span className={styles['name']}>
          <span className="visually-hidden">{texts.actions.open} </span>
          {name}
        </span>
        <span className={styles['source']}>{details(image, format)}</span>
      </span>
    </button>
  )
}

function details(image: Image, format: Format): string {
  const { width, height, bytes } = image
  const size = width && height ? `${width} × ${height}` : ''
  return sourceOf(image) || [size, bytes ? format.bytes(bytes) : ''].filter(Boolean).join(' · ')
}
