import { memo } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { formatBytes } from '@/lib/format'
import { texts } from '@/lib/i18n'
import { uploads } from './uploads'
import { isMoving, isOpen, type Upload } from './upload-queue'
import styles from './UploadTray.module.css'

export const UploadRow = memo(function UploadRow({ upload }: { upload: Upload }) {
  const { id, name, size, loaded, state } = upload
  const text = texts.upload
  return (
    <li className={styles['row']} data-state={state}>
      <div className={styles['file']}>
        <p className={styles['name']}>{name}</p>
        <p className={state === 'failed' ? styles['failed'] : styles['state']}>{words(upload)}</p>
        {state === 'sending' && (
          <Progress label={text.progressOf(name)} value={size > 0 ? loaded / size : 0} />
        )}
      </div>
      <span className={styles['size']}>{formatBytes(size)}</span>
      {isMoving(upload) && (
        <IconButton icon="pause" label={text.pauseOne(name)} onClick={() => uploads.pause(id)} />
      )}
      {state === 'paused' && (
        <IconButton icon="play" label={text.resumeOne(name)} onClick={() => uploads.resume(id)} />
      )}
      {isOpen(upload) && (
        <IconButton icon="close" label={text.cancelOne(name)} onClick={() => uploads.cancel(id)} />
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <IconButton icon="retry" label={text.retryOne(name)} onClick={() => uploads.retry(id)} />
      )}
    </li>
  )
})

function words({ state, error, loaded, size, rate }: Upload): string {
  const text = texts.upload
  if (state !== 'sending' || rate === 0) return error || text.state[state]
  const part = text.partOf(formatBytes(loaded), formatBytes(size))
  return `${part} · ${formatBytes(rate)}/s · ${text.left((size - loaded) / rate)}`
}
