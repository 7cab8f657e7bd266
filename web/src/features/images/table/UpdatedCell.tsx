import { useFormat } from '@/lib/i18n'
import { useNow } from '@/lib/clock'
import styles from './cells.module.css'

export function UpdatedCell({ iso }: { iso: string }) {
  const format = useFormat()
  const now = useNow()
  return (
    <time className={styles['time']} dateTime={iso} data-tip={format.full(iso)}>
      {format.ago(iso, now)}
    </time>
  )
}
