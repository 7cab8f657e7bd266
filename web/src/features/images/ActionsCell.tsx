import { IconButton } from '@/components/ui/Button'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { cancelOne, removeImage, retryOne } from './image-actions'
import styles from './cells.module.css'
import { nameOf } from './naming'

export function ActionsCell({ image, tabIndex }: { image: Image; tabIndex: number }) {
  const name = nameOf(image)
  return (
    <div className={styles['actions']}>
      {image.status === 'failed' && (
        <IconButton
          icon="retry"
          label={texts.actions.retryOf(name)}
          data-tip={texts.actions.retry}
          tabIndex={tabIndex}
          onClick={() => void retryOne(image)}
        />
      )}
      {image.status === 'pending' && (
        <IconButton
          icon="stop"
          label={texts.actions.cancelOf(name)}
          data-tip={texts.actions.cancel}
          tabIndex={tabIndex}
          onClick={() => void cancelOne(image)}
        />
      )}
      <IconButton
        icon="trash"
        label={texts.actions.removeOf(name)}
        data-tip={texts.actions.remove}
        tabIndex={tabIndex}
        onClick={() => removeImage(image)}
      />
    </div>
  )
}
