import { Button } from '@/components/ui/Button'
import type { BulkTarget } from '@/features/images/api/bulk'
import { downloadZip, mayHaveShots } from '@/features/images/api/zip'
import { useTexts } from '@/lib/i18n'
import { useUi } from '@/lib/services'
import styles from './ActionBar.module.css'

interface Props {
  target: BulkTarget
  label: string
  tip: string
}

/** Saves the shots of the images in one file; where there can be none, it says so. */
export function ZipButton({ target, label, tip }: Props) {
  const texts = useTexts()
  const ui = useUi()
  const download = () => {
    if ('filter' in target && !mayHaveShots(target.filter)) ui.notify('info', texts.bulk.zipNone)
    else downloadZip(target, (error) => ui.notifyFailure(texts.bulk.zip, error, download))
  }
  return (
    <Button
      look="quiet"
      icon="download"
      className={styles['tool']}
      aria-label={label}
      data-tip={tip}
      onClick={download}
    >
      <span className={styles['word']}>{texts.bulk.zip}</span>
    </Button>
  )
}
