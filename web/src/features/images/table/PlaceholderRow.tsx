import { useTexts } from '@/lib/i18n'
import styles from './ImageTable.module.css'

/** In the place of a row that is on its way. */
export function PlaceholderRow({ rowIndex, top }: { rowIndex: number; top: number }) {
  const texts = useTexts()
  return (
    <tr
      role="row"
      aria-rowindex={rowIndex}
      className={[styles['row'], styles['ghost']].join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td role="cell" className={styles['cell']}>
        <span className="visually-hidden">{texts.table.loading}</span>
      </td>
    </tr>
  )
}
