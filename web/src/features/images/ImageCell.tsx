import type { Image } from '@/lib/api/types'
import { Icon } from '@/components/ui/Icon'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/i18n'
import styles from './cells.module.css'
import { nameOf, sourceOf, thumbnailOf } from './naming'
import { Thumbnail } from './Thumbnail'
import { changeView } from './view'

export function ImageCell({ image, tabIndex }: { image: Image; tabIndex: number }) {
  const name = nameOf(image)
  const thumbnail = thumbnailOf(image)
  return (
    <button
      type="button"
      className={styles['picture']}
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
        <span className={styles['source']}>{details(image)}</span>
      </span>
    </button>
  )
}

function details(image: Image): string {
  const { width, height, bytes } = image
  const size = width && height ? `${width} × ${height}` : ''
  return sourceOf(image) || [size, bytes ? formatBytes(bytes) : ''].filter(Boolean).join(' · ')
}
