import { IconButton } from '@/components/ui/Button'
import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { useImagesServices } from '@/features/images/services'
import styles from './cells.module.css'
import { nameOf } from '@/lib/naming'

export function ActionsCell({ image, tabIndex }: { image: Image; tabIndex: number }) {
  const texts = useTexts()
  const { actions } = useImagesServices()
  const name = nameOf(image)
  return (
    <div className={styles['actions']}>
      {image.status === 'failed' && (
        <IconButton
          icon="retry"
          label={texts.actions.retryOf(name)}
          data-tip={texts.actions.retry}
          tabIndex={tabIndex}
          onClick={() => void actions.retry(image)}
        />
      )}
      {image.status === 'pending' && (
        <IconButton
          icon="stop"
          label={texts.actions.cancelOf(name)}
          data-tip={texts.actions.cancel}
          tabIndex={tabIndex}
          onClick={() => void actions.cancel(image)}
        />
      )}
      <IconButton
        icon="trash"
        label={texts.actions.removeOf(name)}
        data-tip={texts.actions.remove}
        tabIndex={tabIndex}
        onClick={() => actions.delete(image)}
      />
    </div>
  )
}
