import { getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { type CSSProperties, useCallback, useEffect, useMemo, useRef } from 'react'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/i18n'
import { arranged, type Columns, imageColumns, isOptional, type ShotColumn } from './columns'
import { PlaceholderRow } from './PlaceholderRow'
import { HeaderRow } from './HeaderRow'
import { ImageRow } from './ImageRow'
import styles from './ImageTable.module.css'
import { NARROWEST, useLayout } from './layout'
import { ListPosition } from './ListPosition'
import type { Span } from './rows/span'
import type { Rows } from './rows/use-rows'
import { useVirtualRows } from './rows/use-virtual-rows'
import { isSelected, useSelection } from './selection/selection'
import { selectTo, toggleAllMatching } from './selection/select-rows'
import { useRowKeys } from './use-row-keys'
import { useView } from './view'

interface Props {
  rows: Rows
  shots: readonly ShotColumn[]
  /** The rows are of another view, the right ones are on their way. */
  old: boolean
  /** Hears which pages of rows are in sight. */
  onLook: (span: Span) => void
}

const noRows: Image[] = []

export function ImageTable({ rows, shots, old, onLook }: Props) {
  const { hidden, rows: size, order, widths } = useLayout()
  const selection = useSelection()
  const all = useMemo(() => arranged(imageColumns(shots), order), [shots, order])
  const columns = useMemo(() => all.filter(({ id = '' }) => !hidden.includes(id)), [all, hidden])
  const movable = useMemo(() => all.filter(isOptional).map(({ id = '' }) => id), [all])
  // The server sorts, filters and pages; the rows are drawn as they come.
  const table = useReactTable({ data: noRows, columns, getCoreRowModel: getCoreRowModel() })

  const body = useRef<HTMLTableSectionElement>(null)
  const { virtual, top, start, first, last, showRow } = useVirtualRows(body, rows, onLook)
  const keys = useRowKeys({ body, rows, first, last, showRow })
  // The list follows the open image, so that closing it leads back to its row.
  const { image: opened } = useView()
  useEffect(() => {
    const row = opened === null ? -1 : rows.indexOf(opened)
    if (row < 0) return
    keys.setActive(row)
    showRow(row)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when another one is opened
  }, [opened])
  const latest = useRef(rows)
  latest.current = rows
  const onPick = useCallback((id: number, range: boolean) => selectTo(latest.current, id, range), [])

  return (
    <>
      <table
        className={[styles['table'], styles[size], old ? styles['old'] : ''].join(' ')}
        style={columnStyle(columns, widths)}
        role="table"
        data-rows={size}
        aria-label={texts.table.caption}
        aria-rowcount={rows.count + 1}
        aria-busy={old}
      >
        <HeaderRow
          headers={table.getFlatHeaders()}
          total={rows.count}
          movable={movable}
          onSelectAll={() => toggleAllMatching(rows)}
        />
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the rows */}
        <tbody
          ref={body}
          role="rowgroup"
          className={styles['body']}
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={keys.onKeyDown}
        >
          {virtual.getVirtualItems().map((item) => {
            const index = start + item.index
            const image = rows.at(index)
            if (!image)
              return <PlaceholderRow key={`ghost ${index}`} rowIndex={index + 2} top={item.start - top} />
            return (
              <ImageRow
                key={image.id}
                measure={virtual.measureElement}
                image={image}
                columns={columns}
                index={index}
                place={item.index}
                top={item.start - top}
                active={index === keys.current}
                selected={isSelected(selection, image.id)}
                onActive={keys.setActive}
                onPick={onPick}
              />
            )
          })}
        </tbody>
      </table>
      <ListPosition first={first} last={last} total={rows.count} showRow={showRow} />
    </>
  )
}

/** Each kind has its width in the style sheet, where it depends on the size of the window. A width that was
 * chosen is kept to as far as there is room; then the other columns share what it leaves. */
function columnStyle(columns: Columns, widths: Readonly<Record<string, number>>) {
  const chosen = columns.some(({ id = '' }) => widths[id] !== undefined)
  return {
    '--columns': columns
      .map(({ id = '', meta }) => {
        const kind = meta?.kind ?? 'picture'
        const px = widths[id]
        // A column that a smaller window leaves out has no width there, whatever was chosen.
        return px === undefined
          ? `var(--${chosen ? 'f' : 'w'}-${kind}, var(--w-${kind}))`
          : `var(--without-${kind}, minmax(${Math.min(px, NARROWEST)}px, ${px}px))`
      })
      .join(' '),
    '--shots': Math.max(2, columns.filter(({ meta }) => meta?.kind === 'shot').length),
  } as CSSProperties
}
