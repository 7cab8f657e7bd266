import { useEffect, useMemo, useRef, useState } from 'react'
import { Button, IconButton } from '@/components/ui/Button'
import { Progress } from '@/components/ui/Progress'
import { useStore } from '@/lib/store'
import { type Texts, useLocale } from '@/lib/i18n'
import { useUploads } from './uploads'
import { type Mark, rateOf, SPAN_MS, withMark } from './upload-rate'
import { type UploadTotals, uploadTotals } from './upload-totals'
import { isOpen, type Upload } from './upload-queue'
import { UploadRow } from './UploadRow'
import styles from './UploadTray.module.css'

const ROWS = 200
/** A list without failures clears itself after this time. */
const STAY_MS = 6000

/** Lists the uploads and their results; hidden while there are none. */
export function UploadTray() {
  const { texts, format } = useLocale()
  const { queue } = useUploads()
  const items = useStore(queue.store)
  const [open, setOpen] = useState(false)
  const totals = useMemo(() => uploadTotals(items), [items])
  const rate = useRate(totals)
  const text = texts.upload

  const settled = items.length > 0 && totals.open === 0 && totals.failed === 0
  useEffect(() => {
    if (!settled || open) return
    const timer = setTimeout(() => queue.clear(), STAY_MS)
    return () => clearTimeout(timer)
  }, [queue, settled, open])

  if (items.length === 0) return null
  return (
    <section className={styles['tray']} aria-label={text.tray}>
      <header className={styles['head']}>
        <div className={styles['sum']}>
          <p className={styles['title']} role="status">
            {headline(totals, texts)}
          </p>
          {rate > 0 && (
            <p className={styles['rate']}>
              {format.bytes(rate)}/s, {text.left(totals.left / rate)}
            </p>
          )}
        </div>
        {totals.open > 0 && (
          <IconButton
            icon={totals.moving > 0 ? 'pause' : 'play'}
            label={totals.moving > 0 ? text.pauseAll : text.resumeAll}
            onClick={() => (totals.moving > 0 ? queue.pauseAll() : queue.resumeAll())}
          />
        )}
        {totals.failed > 0 && (
          <Button look="quiet" onClick={() => queue.retryFailed()}>
            {text.retryAll}
          </Button>
        )}
        {totals.open > 0 ? (
          <Button look="quiet" data-tip={text.stopTip} onClick={() => queue.cancelAll()}>
            {text.stop}
          </Button>
        ) : (
          <Button look="quiet" onClick={() => queue.clear()}>
            {text.clear}
          </Button>
        )}
        <IconButton
          icon={open ? 'down' : 'up'}
          label={open ? text.hideFiles : text.showFiles}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </header>
      {totals.open > 0 && (
        <Progress label={text.total} value={totals.bytes > 0 ? totals.loaded / totals.bytes : 0} />
      )}
      {open && (
        <ul className={styles['list']}>
          {inOrder(items).map((item) => (
            <UploadRow key={item.id} upload={item} flowing={rate > 0} />
          ))}
          {items.length > ROWS && (
            <li className={styles['more']}>{texts.andMore(items.length - ROWS)}</li>
          )}
        </ul>
      )}
    </section>
  )
}

/** Running uploads first, then waiting and failed ones, then finished ones; in each group the newest first. */
const rank = (item: Upload) =>
  item.state === 'sending' || item.state === 'retrying'
    ? 0
    : isOpen(item) || item.state === 'failed'
      ? 1
      : 2

const inOrder = (items: readonly Upload[]) =>
  [...items].sort((a, b) => rank(a) - rank(b) || b.id - a.id).slice(0, ROWS)

function headline({ open, moving, done, existing, all, failed }: UploadTotals, texts: Texts) {
  const text = texts.upload
  if (open > 0 && moving === 0) return text.pausedAt(done + failed, all)
  if (open > 0) return text.sending(done + failed, all)
  const sum = failed > 0 ? text.sentSome(done, failed) : text.sent(done)
  return existing > 0 ? `${sum}, ${text.existingCount(existing)}` : sum
}

/** Bytes per second over the last few seconds; 0 while nothing is sent, as when the server is away. */
function useRate({ loaded, sending }: UploadTotals): number {
  const marks = useRef<readonly Mark[]>([])
  const [rate, setRate] = useState(0)
  const any = sending > 0
  useEffect(() => {
    const forget = () => {
      marks.current = []
      setRate(0)
    }
    if (!any) {
      forget()
      return
    }
    marks.current = withMark(marks.current, { at: performance.now(), loaded })
    setRate(rateOf(marks.current))
    const timer = setTimeout(forget, SPAN_MS)
    return () => clearTimeout(timer)
  }, [loaded, any])
  return any ? rate : 0
}
