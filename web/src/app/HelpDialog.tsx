import { Dialog } from '@/components/ui/Dialog'
import { useHotkeysEnabled } from '@/lib/hotkeys'
import { useTexts } from '@/lib/i18n'
import styles from './HelpDialog.module.css'

interface Props {
  keys: readonly (readonly [key: string, what: string])[]
  onClose: () => void
}

/** The states that need an explanation. */
const explained = ['partial', 'absent', 'review'] as const

export function HelpDialog({ keys, onClose }: Props) {
  const texts = useTexts()
  const [enabled, setEnabled] = useHotkeysEnabled()
  return (
    <Dialog title={texts.help.title} onClose={onClose}>
      <div className={styles['body']}>
        <h3 className={styles['title']}>{texts.help.states}</h3>
        <dl className={styles['states']}>
          {explained.map((state) => (
            <div key={state}>
              <dt>{texts.shot.state[state]}</dt>
              <dd>{texts.help.state[state]}</dd>
            </div>
          ))}
        </dl>
        <p>
          {/* Relative to the page, which may be below a path prefix. */}
          <a href="docs" target="_blank" rel="noreferrer">
            {texts.help.api}
          </a>
        </p>
        <h3 className={styles['title']}>{texts.help.keysTitle}</h3>
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
