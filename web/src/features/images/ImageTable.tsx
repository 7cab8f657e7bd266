import { getCoreRowModel, useReactTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Image } from '@/lib/api/types'
import { texts } from '@/lib/texts'
import { removeImage, retryOne } from './actions'
import { imageColumns, type ShotColumn } from './columns'
import { HeaderRow } from './HeaderRow'
import { ImageRow } from './ImageRow'
import styles from './ImageTable.module.css'
import { changeView } from './view'

const ROW_PX = 84
const HEADER_PX = 40
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
  const columns = useMemo(() => imageColumns(shots), [shots])
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

  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const next = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY
    if (Math.abs(next - top) > 1) setTop(next)
  }, [top, images])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: top,
    scrollPaddingStart: HEADER_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
  })

  const [active, setActive] = useState(0)
  const last = rows.length - 1
  const current = Math.min(active, last)

  const go = (index: number) => {
    const next = Math.max(0, Math.min(last, index))
    setActive(next)
    virtual.scrollToIndex(next)
    focusRow(next)
  }

  // The row may have to be drawn first.
  const focusRow = (index: number) =>
    requestAnimationFrame(() =>
      body.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus(),
    )

  /** The row that moves up takes the focus over. */
  const remove = (image: Image) => {
    removeImage(image)
    focusRow(Math.min(current, last - 1))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as HTMLElement).closest('[data-index]')
    const image = images[current]
    if (!row || !image || event.ctrlKey || event.metaKey || event.altKey) return
    const onRow = event.target === row
    const run = {
      ArrowDown: () => go(current + 1),
      ArrowUp: () => go(current - 1),
      Home: () => go(0),
      End: () => go(last),
      Enter: onRow ? () => changeView({ image: image.id, shot: '' }) : undefined,
      Delete: () => remove(image),
      r: image.status === 'failed' ? () => void retryOne(image) : undefined,
    }[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  return (
    <table
      className={[styles['table'], old ? styles['old'] : ''].join(' ')}
      style={{ '--shots': shots.length } as CSSProperties}
      role="table"
      aria-label={texts.table.caption}
      aria-rowcount={total + 1}
      aria-busy={old}
    >
      <HeaderRow headers={table.getFlatHeaders()} />
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
              onActive={setActive}
            />
          )
        })}
      </tbody>
    </table>
  )
}
