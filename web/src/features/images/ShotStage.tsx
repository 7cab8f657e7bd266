import type { ImageDetail, Shot } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { nameOf, shotWords, titleOf } from './naming'

export function ShotStage({ image, shot }: { image: ImageDetail; shot: Shot }) {
  return (
    <div className={styles['stage']}>
      {shot.url ? (
        <img
          className={[styles['photo'], styles['natural']].join(' ')}
          src={shot.url}
          alt={texts.detail.altShot(titleOf(shot), nameOf(image))}
        />
      ) : (
        <p>{shotWords(shot)}</p>
      )}
      {image.status === 'pending' && (
        <span className={styles['cutting']} role="status">
          {texts.correct.cutting}
        </span>
      )}
    </div>
  )
}
