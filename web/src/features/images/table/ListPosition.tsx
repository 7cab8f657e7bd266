import { IconButton } from '@/components/ui/Button'
import { useTexts } from '@/lib/i18n'
import styles from './ListPosition.module.css'

interface Props {
  /** The visible rows. */
  first: number
  last: number
  total: number
  showRow: (row: number, align?: 'start') => void
}

/** Says which rows are visible, with buttons to go to both ends of the list. */
export function ListPosition({ first, last, total, showRow }: Props) {
  const texts = useTexts()
  // The table may not have been laid out yet since rows were removed.
  const end = Math.min(last, total - 1)
  const start = Math.min(first, end)
  return (
    <nav className={styles['position']} aria-label={texts.table.position}>
      <p>{texts.table.page(start + 1, end + 1, total)}</p>
      <IconButton
        icon="up"
        label={texts.table.toFirst}
        disabled={start === 0}
        onClick={() => showRow(0, 'start')}
      />
      <IconButton
        icon="down"
        label={texts.table.toLast}
        disabled={end >= total - 1}
        onClick={() => showRow(total - 1)}
      />
    </nav>
  )
}
