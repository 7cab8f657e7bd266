import { getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { type CSSProperties, useCallback, useEffect, useMemo, useRef } from 'react'
import type { Image } from '@/lib/api/types'
import { useTexts } from '@/lib/i18n'
import { arranged, type Columns, imageColumns, isOptional, type ShotColumn } from './columns'
import { PlaceholderRow } from './PlaceholderRow'
import { HeaderRow } from './HeaderRow'
import { ImageRow } from './ImageRow'
import styles from './ImageTable.module.css'
import { useImagesServices, useLayout, useSelection } from '@/features/images/services'
import { useUi } from '@/lib/services'
import { NARROWEST } from './layout'
import { ListPosition } from './ListPosition'
import type { Span } from './rows/span'
import type { Rows } from './rows/use-rows'
import { useVirtualRows } from './rows/use-virtual-rows'
import { isSelected } from '@/features/images/selection/selection'
import { RowSelector } from './select-rows'
import { useRowKeys } from './use-row-keys'
import { useView } from '@/lib/view'

interface Props {
  rows: Rows
  shots: readonly ShotColumn[]
  /** The rows are those of the previous view; the new ones are still loading. */
  old: boolean
  /** Called with the pages of rows that are visible. */
  onVisible: (span: Span) => void
}

const noRows: Image[] = []

export function ImageTable({ rows, shots, old, onVisible }: Props) {
  const texts = useTexts()
  const { hidden, rows: size, order, widths } = useLayout()
  const selection = useSelection()
  const all = useMemo(() => arranged(imageColumns(shots, texts), order), [shots, texts, order])
  const columns = useMemo(() => all.filter(({ id = '' }) => !hidden.includes(id)), [all, hidden])
  const movable = useMemo(() => all.filter(isOptional).map(({ id = '' }) => id), [all])
  // The server sorts, filters and pages, so the table library only handles the columns.
  const table = useReactTable({ data: noRows, columns, getCoreRowModel: getCoreRowModel() })

  const ui = useUi()
  const services = useImagesServices()
  const selector = useMemo(() => new RowSelector(services.selection, ui), [services, ui])
  const body = useRef<HTMLTableSectionElement>(null)
  const { virtual, top, start, first, last, showRow } = useVirtualRows(body, rows, onVisible)
  const keys = useRowKeys({ body, rows, selector, first, last, showRow })
  // The list scrolls to the row of the open image, so that closing it leads back there.
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
  const onPick = useCallback(
    (id: number, range: boolean) => selector.selectTo(latest.current, id, range),
    [selector],
  )

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
          onSelectAll={() => selector.toggleAllMatching(rows)}
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
              return (
                <PlaceholderRow
                  key={`loading ${index}`}
                  rowIndex={index + 2}
                  top={item.start - top}
                />
              )
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

/** Each kind of column has its default width in the style sheet, depending on the size of the window. A chosen
 * width is respected as far as there is space, and the other columns share the rest. */
function columnStyle(columns: Columns, widths: Readonly<Record<string, number>>) {
  const chosen = columns.some(({ id = '' }) => widths[id] !== undefined)
  return {
    '--columns': columns
      .map(({ id = '', meta }) => {
        const kind = meta?.kind ?? 'image'
        const px = widths[id]
        // A column that a small window hides has no width there, even if one was chosen.
        return px === undefined
          ? `var(--${chosen ? 'f' : 'w'}-${kind}, var(--w-${kind}))`
          : `var(--without-${kind}, minmax(${Math.min(px, NARROWEST)}px, ${px}px))`
      })
      .join(' '),
    '--shots': Math.max(2, columns.filter(({ meta }) => meta?.kind === 'shot').length),
  } as CSSProperties
}
