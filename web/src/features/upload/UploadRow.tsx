import { memo } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/texts'
import { uploads } from './intake'
import { isOpen, type Upload } from './upload-queue'
import styles from './UploadTray.module.css'

export const UploadRow = memo(function UploadRow({ upload }: { upload: Upload }) {
  const { id, name, size, loaded, state, error } = upload
  const text = texts.upload
  return (
    <li className={styles['row']}>
      <div className={styles['file']}>
        <p className={styles['name']}>{name}</p>
        <p className={state === 'failed' ? styles['failed'] : styles['state']}>
          {error || text.state[state]}
        </p>
        {state === 'sending' && (
          <Progress label={text.progressOf(name)} value={size > 0 ? loaded / size : 0} />
        )}
      </div>
      <span className={styles['size']}>{formatBytes(size)}</span>
      {isOpen(upload) && (
        <IconButton icon="close" label={text.cancelOne(name)} onClick={() => uploads.cancel(id)} />
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <IconButton icon="retry" label={text.retryOne(name)} onClick={() => uploads.retry(id)} />
      )}
    </li>
  )
})
