import { useId } from 'react'
import { texts } from '@/lib/i18n'
import styles from './BatchField.module.css'
import { BATCH_LONGEST, setBatchName, useBatchName } from './batch-name'

export function BatchField() {
  const id = useId()
  const name = useBatchName()
  return (
    <div className={styles['field']}>
      <label htmlFor={id} data-tip={texts.upload.batchTip}>
        {texts.upload.batch}
      </label>
      <input
        id={id}
        value={name}
        maxLength={BATCH_LONGEST}
        placeholder={texts.upload.batchNone}
        autoComplete="off"
        onChange={({ target }) => setBatchName(target.value)}
      />
    </div>
  )
}
