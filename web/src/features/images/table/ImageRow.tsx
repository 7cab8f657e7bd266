import { memo } from 'react'
import type { Image } from '@/lib/api/types'
import { ActionsCell } from './ActionsCell'
import type { CellKind, Columns } from './columns'
import styles from './ImageTable.module.css'
import { MetadataCell } from './MetadataCell'
import { ImageCell } from './ImageCell'
import { SelectCell } from './SelectCell'
import { ShotCell } from './ShotCell'
import { StatusCell } from './StatusCell'
import { UpdatedCell } from './UpdatedCell'

interface Props {
  image: Image
  columns: Columns
  /** Index among all rows. */
  index: number
  /** Index in the virtual list. */
  place: number
  top: number
  /** The Tab key reaches only the active row; arrow keys lead to the others. */
  active: boolean
  selected: boolean
  onActive: (index: number) => void
  onPick: (id: number, range: boolean) => void
  measure: (element: HTMLElement | null) => void
}

export const ImageRow = memo(function ImageRow(props: Props) {
  const { image, columns, index, place, top, active, selected, onActive, onPick, measure } = props
  const tabIndex = active ? 0 : -1
  return (
    <tr
      ref={measure}
      role="row"
      data-index={place}
      data-row={index}
      data-image={image.id}
      data-status={image.status}
      data-selected={selected || undefined}
      aria-rowindex={index + 2}
      tabIndex={tabIndex}
      className={styles['row']}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onActive(index)}
    >
      {columns.map(({ id, meta }) => {
        const kind: CellKind = meta?.kind ?? 'image'
        const label = meta?.label ?? ''
        return (
          <td key={id} role="cell" className={[styles['cell'], styles[kind]].join(' ')}>
            {kind === 'select' && (
              <SelectCell image={image} selected={selected} tabIndex={tabIndex} onPick={onPick} />
            )}
            {kind === 'metadata' && <MetadataCell image={image} tabIndex={tabIndex} />}
            {kind === 'image' && <ImageCell image={image} tabIndex={tabIndex} />}
            {kind === 'status' && <StatusCell image={image} />}
            {kind === 'shot' && (
              <ShotCell
                image={image}
                label={label}
                title={meta?.title ?? label}
                tabIndex={tabIndex}
              />
            )}
            {kind === 'updated' && <UpdatedCell iso={image.updatedAt} />}
            {kind === 'actions' && <ActionsCell image={image} tabIndex={tabIndex} />}
          </td>
        )
      })}
    </tr>
  )
})
