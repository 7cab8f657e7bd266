import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import styles from './cells.module.css'
import { useChangeView } from '@/lib/view'

/** SKU and label, and the batch; a click on the batch filters the table by it. */
export function MetadataCell({ image, tabIndex }: { image: Image; tabIndex: number }) {
  const texts = useTexts()
  const changeView = useChangeView()
  const { sku, label, batch } = image
  const skuAndLabel = [sku, label].filter(Boolean).join(' · ')
  return (
    <div className={styles['metadata']}>
      {skuAndLabel && (
        <span className={styles['sku']} data-tip={skuAndLabel}>
          {skuAndLabel}
        </span>
      )}
      {batch && (
        <button
          type="button"
          className={styles['batch']}
          tabIndex={tabIndex}
          data-tip={texts.table.batchOnly(batch)}
          aria-label={texts.table.batchOnly(batch)}
          onClick={() => changeView({ batch })}
        >
          {batch}
        </button>
      )}
    </div>
  )
}
