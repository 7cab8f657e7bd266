import { memo } from 'react'
import { IconButton } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { errorText } from '@/lib/api/error'
import { type Locale, useLocale } from '@/lib/i18n'
import { useUploads } from './uploads'
import { isMoving, isOpen, type Upload } from './upload-queue'
import styles from './UploadTray.module.css'

interface Props {
  upload: Upload
  /** Something is being sent, so that rates are true. */
  flowing: boolean
}

export const UploadRow = memo(function UploadRow({ upload, flowing }: Props) {
  const locale = useLocale()
  const { texts, format } = locale
  const { queue } = useUploads()
  const { id, name, size, loaded, state } = upload
  const text = texts.upload
  return (
    <li className={styles['row']} data-state={state}>
      <div className={styles['file']}>
        <p className={styles['name']}>{name}</p>
        <p className={state === 'failed' ? styles['failed'] : styles['state']}>
          {statusText(upload, flowing, locale)}
        </p>
        {state === 'sending' && (
          <Progress label={text.progressOf(name)} value={size > 0 ? loaded / size : 0} />
        )}
      </div>
      <span className={styles['size']}>{format.bytes(size)}</span>
      {isMoving(upload) && (
        <IconButton icon="pause" label={text.pauseOne(name)} onClick={() => queue.pause(id)} />
      )}
      {state === 'paused' && (
        <IconButton icon="play" label={text.resumeOne(name)} onClick={() => queue.resume(id)} />
      )}
      {isOpen(upload) && (
        <IconButton icon="close" label={text.cancelOne(name)} onClick={() => queue.cancel(id)} />
      )}
      {(state === 'failed' || state === 'cancelled') && (
        <IconButton icon="retry" label={text.retryOne(name)} onClick={() => queue.retry(id)} />
      )}
    </li>
  )
})

function statusText(
  { state, error, loaded, size, rate }: Upload,
  flowing: boolean,
  { texts, format }: Locale,
): string {
  const text = texts.upload
  if (state !== 'sending' || rate === 0) return error ? errorText(error, texts) : text.state[state]
  const part = text.partOf(format.bytes(loaded), format.bytes(size))
  if (!flowing) return part
  return `${part} · ${format.bytes(rate)}/s · ${text.left((size - loaded) / rate)}`
}
