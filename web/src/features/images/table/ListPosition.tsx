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
  const end = Math.min(last, total - 1)
  return (
    <nav className={styles['position']} aria-label={texts.table.position}>
      <p>{texts.table.page(first + 1, end + 1, total)}</p>
      <IconButton
        icon="up"
        label={texts.table.toFirst}
        disabled={first === 0}
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
