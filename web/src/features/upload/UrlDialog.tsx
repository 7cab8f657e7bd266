import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useMemo, useState } from 'react'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { texts } from '@/lib/texts'
import { takeUrls } from './intake'
import { parseUrls } from './parse-urls'
import styles from './UrlDialog.module.css'
import { closeUrlDialog, openUrlDialog } from './url-dialog'

const BAD_SHOWN = 3

export function UrlDialog({ start }: { start: string }) {
  const client = useQueryClient()
  const [text, setText] = useState(start)
  const [sending, setSending] = useState(false)
  const { good, bad } = useMemo(() => parseUrls(text), [text])
  const id = useId()

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setSending(true)
    closeUrlDialog()
    await takeUrls(client, text, openUrlDialog)
  }

  return (
    <Dialog title={texts.urls.title} onClose={closeUrlDialog}>
      <form className={styles['form']} onSubmit={(event) => void send(event)}>
        <label className={styles['label']} htmlFor={id}>
          {texts.urls.label}
        </label>
        <textarea
          id={id}
          className={styles['text']}
          rows={9}
          value={text}
          spellCheck={false}
          autoCapitalize="off"
          placeholder={texts.urls.placeholder}
          aria-describedby={`${id}-state`}
          onChange={(event) => setText(event.target.value)}
        />
        <div id={`${id}-state`} className={styles['state']} aria-live="polite">
          <p>
            {texts.urls.good(good.length)}
            {bad.length > 0 && (
              <span className={styles['bad']}>, {texts.urls.bad(bad.length)}</span>
            )}
          </p>
          {bad.slice(0, BAD_SHOWN).map(({ line, url, why }) => (
            <p key={line} className={styles['line']}>
              {texts.urls.line(line, url, why)}
            </p>
          ))}
        </div>
        <div className={styles['actions']}>
          <Button onClick={closeUrlDialog}>{texts.urls.cancel}</Button>
          <Button look="primary" type="submit" disabled={good.length === 0 || sending}>
            {texts.urls.send}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
