import { getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { type Columns, imageColumns, type ShotColumn } from './columns'
import { HeaderRow } from './HeaderRow'
import { ImageRow } from './ImageRow'
import styles from './ImageTable.module.css'
import { rowPx, useLayout } from './layout'
import { pick, useSelection } from './selection/selection'
import { useRowKeys } from './use-row-keys'

/** What sticks to the top: the header, and the bar of the selection. */
const COVERED_PX = 96
const OVERSCAN = 8

interface Props {
  images: Image[]
  shots: readonly ShotColumn[]
  total: number
  offset: number
  /** The rows are of another view, the right ones are on their way. */
  old: boolean
}

export function ImageTable({ images, shots, total, offset, old }: Props) {
  const { hidden, rows: size } = useLayout()
  const selection = useSelection()
  const columns = useMemo(
    () => imageColumns(shots).filter(({ id = '' }) => !hidden.includes(id)),
    [shots, hidden],
  )
  const table = useReactTable({
    data: images,
    columns,
    getCoreRowModel: getCoreRowModel(),
    getRowId: ({ id }) => String(id),
    manualSorting: true,
    manualPagination: true,
    rowCount: total,
  })
  const { rows } = table.getRowModel()
  const page = useMemo(() => images.map(({ id }) => id), [images])

  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const next = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    if (Math.abs(next - top) > 1) setTop(next)
  }, [top, images])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowPx[size],
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: COVERED_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  useEffect(() => virtual.measure(), [virtual, size])
  const { current, setActive, onKeyDown } = useRowKeys({
    body,
    images,
    scrollTo: (index) => virtual.scrollToIndex(index),
  })
  const onPick = useCallback((id: number, range: boolean) => pick(id, range, page), [page])

  return (
    <table
      className={[styles['table'], styles[size], old ? styles['old'] : ''].join(' ')}
      style={columnStyle(columns)}
      role="table"
      data-rows={size}
      aria-label={texts.table.caption}
      aria-rowcount={total + 1}
      aria-busy={old}
    >
      <HeaderRow headers={table.getFlatHeaders()} page={page} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the rows */}
      <tbody
        ref={body}
        role="rowgroup"
        className={styles['body']}
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <ImageRow
              key={key}
              measure={virtual.measureElement}
              image={row.original}
              columns={columns}
              index={index}
              rowIndex={offset + index + 2}
              top={start - top}
              active={index === current}
              selected={selection.all || selection.ids.has(row.original.id)}
              onActive={setActive}
              onPick={onPick}
            />
          )
        })}
      </tbody>
    </table>
  )
}

/** Each kind has its width in the style sheet, where it depends on the size of the window. */
const columnStyle = (columns: Columns) =>
  ({
    '--columns': columns.map(({ meta }) => `var(--w-${meta?.kind ?? 'picture'})`).join(' '),
    '--shots': Math.max(2, columns.filter(({ meta }) => meta?.kind === 'shot').length),
  }) as CSSProperties
