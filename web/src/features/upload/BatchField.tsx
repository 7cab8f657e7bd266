import { useId } from 'react'
import { useTexts } from '@/lib/i18n'
import styles from './BatchField.module.css'
import { useStore } from '@/lib/store'
import { BATCH_MAX_LENGTH, useUploads } from './uploads'

export function BatchField() {
  const texts = useTexts()
  const id = useId()
  const uploads = useUploads()
  const name = useStore(uploads.batchName)
  return (
    <div className={styles['field']}>
      <label htmlFor={id} data-tip={texts.upload.batchTip}>
        {texts.upload.batch}
      </label>
      <input
        id={id}
        value={name}
        maxLength={BATCH_MAX_LENGTH}
        placeholder={texts.upload.batchNone}
        autoComplete="off"
        onChange={({ target }) => uploads.setBatchName(target.value)}
      />
    </div>
  )
}
