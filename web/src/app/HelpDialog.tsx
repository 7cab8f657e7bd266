import { Dialog } from '@/components/ui/Dialog'
import { useHotkeysEnabled } from '@/lib/hotkeys'
import { useTexts } from '@/lib/i18n'
import styles from './HelpDialog.module.css'

interface Props {
  keys: readonly (readonly [key: string, what: string])[]
  onClose: () => void
}

export function HelpDialog({ keys, onClose }: Props) {
  const texts = useTexts()
  const [enabled, setEnabled] = useHotkeysEnabled()
  return (
    <Dialog title={texts.help.title} onClose={onClose}>
      <div className={styles['body']}>
        <label className={styles['switch']}>
          <input
            type="checkbox"
            checked={enabled}
            onChange={({ target }) => setEnabled(target.checked)}
          />
          {texts.help.single}
        </label>
        <dl className={styles['keys']}>
          {keys.map(([key, what]) => (
            <div key={`${key} ${what}`}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  )
}
