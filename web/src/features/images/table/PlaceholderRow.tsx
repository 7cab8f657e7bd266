import { useTexts } from '@/lib/i18n'
import styles from './ImageTable.module.css'

/** Shown while a row is loading. */
export function PlaceholderRow({ rowIndex, top }: { rowIndex: number; top: number }) {
  const texts = useTexts()
  return (
    <tr
      role="row"
      aria-rowindex={rowIndex}
      className={[styles['row'], styles['placeholder']].join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td role="cell" className={styles['cell']}>
        <span className="visually-hidden">{texts.table.loading}</span>
      </td>
    </tr>
  )
}
