import { formatAgo, formatFull } from '@/lib/format'
import { useNow } from '@/lib/use-now'
import styles from './cells.module.css'

export function UpdatedCell({ iso }: { iso: string }) {
  const now = useNow()
  return (
    <time className={styles['time']} dateTime={iso} data-tip={formatFull(iso)}>
      {formatAgo(iso, now)}
    </time>
  )
}
