import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { texts } from '@/lib/texts'
import styles from './ConfirmDelete.module.css'

interface Props {
  count: number
  onConfirm: () => void
  onClose: () => void
}

/** Where no undo can be offered: the server deletes all that match. */
export function ConfirmDelete({ count, onConfirm, onClose }: Props) {
  return (
    <Dialog title={texts.bulk.confirmTitle(count)} onClose={onClose}>
      <div className={styles['body']}>
        <p>{texts.bulk.confirmText}</p>
        <div className={styles['actions']}>
          <Button onClick={onClose}>{texts.bulk.keep}</Button>
          <Button
            look="primary"
            icon="trash"
            onClick={() => {
              onClose()
              onConfirm()
            }}
          >
            {texts.bulk.confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
