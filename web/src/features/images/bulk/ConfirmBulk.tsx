import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useTexts } from '@/lib/i18n'
import type { BulkAction } from '@/features/images/api/bulk'
import styles from './ConfirmBulk.module.css'

interface Props {
  action: BulkAction
  count: number
  onConfirm: () => void
  onClose: () => void
}

/** Asks before an action on all matching images, which cannot be undone. */
export function ConfirmBulk({ action, count, onConfirm, onClose }: Props) {
  const texts = useTexts()
  const { title, text, yes, no } = texts.bulk.confirm[action]
  return (
    <Dialog title={title(count)} onClose={onClose}>
      <div className={styles['body']}>
        <p>{text}</p>
        <div className={styles['actions']}>
          <Button onClick={onClose}>{no}</Button>
          <Button
            look="primary"
            onClick={() => {
              onClose()
              onConfirm()
            }}
          >
            {yes}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
