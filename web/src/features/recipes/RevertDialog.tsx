import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useTexts } from '@/lib/i18n'
import styles from './RecipesDialog.module.css'

interface Props {
  onConfirm: () => void
  onClose: () => void
}

/** Asks first, because the server keeps no copy of deleted recipes. */
export function RevertDialog({ onConfirm, onClose }: Props) {
  const texts = useTexts()
  const text = texts.recipes
  return (
    <Dialog title={text.revertTitle} onClose={onClose}>
      <div className={styles['ask']}>
        <p>{text.revertText}</p>
        <div className={styles['bar']}>
          <Button onClick={onClose}>{text.revertNo}</Button>
          <Button
            look="primary"
            onClick={() => {
              onClose()
              onConfirm()
            }}
          >
            {text.revertYes}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
