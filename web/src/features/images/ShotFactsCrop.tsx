import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Icon } from '@/components/ui/Icon'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import styles from './ImageDialog.module.css'
import { applyChange } from './live/feed'
import { titleOf } from './naming'

const OffsetDialog = lazy(async () => ({
  default: (await import('@/features/correct')).OffsetDialog,
}))

interface Props {
  image: ImageDetail
  shot: Shot
  onEdit: () => void
}

/** What can be done to the crop by hand, and whether somebody did. */
export function ShotFactsCrop({ image, shot, onEdit }: Props) {
  const [offering, setOffering] = useState(false)
  const { by, box, label } = shot
  const text = texts.correct
  const back = async () => {
    const { saveBox } = await import('@/features/correct')
    const onImage = (answer: ImageDetail) => applyChange({ images: [answer], removed: [] })
    await saveBox({ image, label, title: titleOf(shot), box: null, onImage })
  }
  return (
    <div className={styles['crop']}>
      {by && (
        <p className={styles['byHand']} data-tip={text.byTip[by]}>
          <Icon name="hand" /> {text.by[by]}
        </p>
      )}
      <Button icon="crop" onClick={onEdit}>
        {box ? text.open : text.draw}
      </Button>
      {by && (
        <Button look="quiet" icon="retry" onClick={() => void back()}>
          {text.backNow}
        </Button>
      )}
      {by === 'hand' && image.batch && (
        <Button icon="batch" onClick={() => setOffering(true)}>
          {text.batch.offer}
        </Button>
      )}
      {offering && (
        <Suspense>
          <OffsetDialog
            image={image}
            shot={shot}
            title={titleOf(shot)}
            onClose={() => setOffering(false)}
          />
        </Suspense>
      )}
    </div>
  )
}
