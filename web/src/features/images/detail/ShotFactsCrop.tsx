import { lazy, Suspense, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Icon } from '@/components/ui/Icon'
import type { ImageDetail, Shot } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useServices } from '@/lib/services'
import styles from './ImageDialog.module.css'
import { titleOf } from '@/lib/naming'

const OffsetDialog = lazy(async () => ({
  default: (await import('@/features/images/bulk/OffsetDialog')).OffsetDialog,
}))

interface Props {
  image: ImageDetail
  shot: Shot
  onEdit: () => void
}

/** Says whether the crop was changed by hand, with buttons to change it. */
export function ShotFactsCrop({ image, shot, onEdit }: Props) {
  const texts = useTexts()
  const [offering, setOffering] = useState(false)
  const services = useServices()
  const { by, box } = shot
  const text = texts.correct
  const restorePlanned = async () => {
    const { saveBox } = await import('@/components/crop-editor')
    await saveBox(services, { image, shot, box: null })
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
        <Button look="quiet" icon="retry" onClick={() => void restorePlanned()}>
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
            title={titleOf(shot, texts)}
            onClose={() => setOffering(false)}
          />
        </Suspense>
      )}
    </div>
  )
}
