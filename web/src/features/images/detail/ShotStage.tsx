import type { ImageDetail, Shot } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { nameOf, shotSummary, titleOf } from '@/lib/naming'

export function ShotStage({ image, shot }: { image: ImageDetail; shot: Shot }) {
  const texts = useTexts()
  return (
    <div className={styles['stage']}>
      {shot.url ? (
        <img
          className={[styles['photo'], styles['natural']].join(' ')}
          src={shot.url}
          alt={texts.detail.altShot(titleOf(shot, texts), nameOf(image))}
        />
      ) : (
        <p>{shotSummary(shot, texts)}</p>
      )}
      {image.status === 'pending' && (
        <span className={styles['cutting']} role="status">
          {texts.correct.cutting}
        </span>
      )}
    </div>
  )
}
