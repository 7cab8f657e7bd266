import { Dialog } from '@/components/ui/Dialog'
import { texts } from '@/lib/texts'
import { imageColumns, optional, type ShotColumn } from './columns'
import { rowSizes, setRowSize, showColumn, useLayout } from './layout'
import styles from './LayoutDialog.module.css'

interface Props {
  shots: readonly ShotColumn[]
  onClose: () => void
}

/** Which columns, and how large the rows are. */
export function LayoutDialog({ shots, onClose }: Props) {
  const { hidden, rows } = useLayout()
  return (
    <Dialog title={texts.layout.title} onClose={onClose}>
      <div className={styles['body']}>
        <fieldset className={styles['group']}>
          <legend>{texts.layout.rows}</legend>
          {rowSizes.map((size) => (
            <label key={size}>
              <input
                type="radio"
                name="rows"
                checked={rows === size}
                onChange={() => setRowSize(size)}
              />
              {texts.layout[size]}
            </label>
          ))}
        </fieldset>
        <fieldset className={styles['group']}>
          <legend>{texts.layout.columns}</legend>
          {optional(imageColumns(shots)).map(({ id = '', header }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={!hidden.includes(id)}
                onChange={({ target }) => showColumn(id, target.checked)}
              />
              {String(header)}
            </label>
          ))}
        </fieldset>
      </div>
    </Dialog>
  )
}
