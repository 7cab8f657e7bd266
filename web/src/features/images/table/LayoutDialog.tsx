import { Button, IconButton } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { useTexts } from '@/lib/i18n'
import { arranged, imageColumns, isOptional, type ShotColumn } from './columns'
import { useImagesServices, useLayout } from '@/features/images/services'
import { moved, rowSizes } from './layout'
import styles from './LayoutDialog.module.css'
import { useColumnDrag } from './use-column-drag'

interface Props {
  shots: readonly ShotColumn[]
  onClose: () => void
}

/** Sets which columns are shown, in which order, and how large the rows are. */
export function LayoutDialog({ shots, onClose }: Props) {
  const texts = useTexts()
  const { layout } = useImagesServices()
  const { hidden, rows, order } = useLayout()
  const columns = arranged(imageColumns(shots, texts), order).filter(isOptional)
  const ids = columns.map(({ id = '' }) => id)
  const drag = useColumnDrag(ids)
  const text = texts.layout

  // The button moves along with its row. At either end it is disabled, so the other one gets the focus.
  const move = (id: string, by: number, button: HTMLElement) => {
    layout.orderColumns(moved(ids, id, ids[ids.indexOf(id) + by] ?? id))
    requestAnimationFrame(() => {
      const there = button.closest('li')?.querySelectorAll('button') ?? []
      const next = (button as HTMLButtonElement).disabled
        ? [...there].find((one) => !one.disabled)
        : button
      next?.focus()
      next?.scrollIntoView({ block: 'nearest' })
    })
  }

  return (
    <Dialog title={text.title} onClose={onClose}>
      <div className={styles['body']}>
        <fieldset className={styles['group']}>
          <legend>{text.rows}</legend>
          {rowSizes.map((size) => (
            <label key={size}>
              <input
                type="radio"
                name="rows"
                checked={rows === size}
                onChange={() => layout.setRowSize(size)}
              />
              {text[size]}
            </label>
          ))}
        </fieldset>
        <fieldset className={styles['group']}>
          <legend>{text.columns}</legend>
          <ol className={styles['columns']}>
            {columns.map(({ id = '', header }, at) => {
              const name = String(header)
              return (
                <li key={id} className={styles['column']} {...drag(id)}>
                  <label>
                    <input
                      type="checkbox"
                      checked={!hidden.includes(id)}
                      onChange={({ target }) => layout.showColumn(id, target.checked)}
                    />
                    {name}
                  </label>
                  <IconButton
                    icon="up"
                    label={text.moveLeft(name)}
                    disabled={at === 0}
                    onClick={({ currentTarget }) => move(id, -1, currentTarget)}
                  />
                  <IconButton
                    icon="down"
                    label={text.moveRight(name)}
                    disabled={at === columns.length - 1}
                    onClick={({ currentTarget }) => move(id, 1, currentTarget)}
                  />
                </li>
              )
            })}
          </ol>
          <Button
            look="quiet"
            icon="retry"
            className={styles['reset']}
            onClick={() => layout.resetColumns()}
          >
            {text.reset}
          </Button>
        </fieldset>
      </div>
    </Dialog>
  )
}
