import { type FormEvent, useId, useMemo, useState } from 'react'
import { Button, LinkButton } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useTexts } from '@/lib/i18n'
import { BatchField } from './BatchField'
import { useUploads } from './uploads'
import { parseUrls } from './parse-urls'
import styles from './UrlDialog.module.css'

const BAD_SHOWN = 3

export function UrlDialog({ start }: { start: string }) {
  const texts = useTexts()
  const uploads = useUploads()
  const [text, setText] = useState(start)
  const [sending, setSending] = useState(false)
  const { good, bad, column } = useMemo(() => parseUrls(text, texts.urls.reason), [text, texts])
  const id = useId()

  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (good.length === 0 || sending) return
    setSending(true)
    uploads.closeUrlDialog()
    await uploads.addUrls(text)
  }

  return (
    <Dialog title={texts.urls.title} onClose={uploads.closeUrlDialog}>
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
          aria-describedby={`${id}-hint ${id}-state`}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.form?.requestSubmit()
          }}
        />
        <p id={`${id}-hint`} className={styles['hint']}>
          {texts.urls.csvHint}
        </p>
        <div id={`${id}-state`} className={styles['state']} aria-live="polite">
          <p>
            {column !== null && `${texts.urls.csv(column)}: `}
            {texts.urls.valid(good.length)}
            {bad.length > 0 && (
              <span className={styles['bad']}>, {texts.urls.invalid(bad.length)}</span>
            )}
          </p>
          {bad.slice(0, BAD_SHOWN).map(({ line, url, why }) => (
            <p key={line} className={styles['line']}>
              {texts.urls.line(line, url, why)}
            </p>
          ))}
        </div>
        <BatchField />
        <div className={styles['actions']}>
          <LinkButton
            look="quiet"
            icon="download"
            className={styles['template']}
            href="template.csv"
            download="posecraft.csv"
          >
            {texts.urls.template}
          </LinkButton>
          <Button onClick={uploads.closeUrlDialog}>{texts.urls.cancel}</Button>
          <Button look="primary" type="submit" disabled={good.length === 0 || sending}>
            {texts.urls.send}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
