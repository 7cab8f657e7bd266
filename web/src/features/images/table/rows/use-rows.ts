import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Counts, Image, ImageList } from '@/lib/api/types'
import { listKey, type ViewParams } from '@/lib/api/list-images'
import { useImagesServices } from '@/features/images/services'
import { useStore } from '@/lib/store'
import { pageQuery } from './page-query'
import { areComing, canShow } from './shows'
import { onServer, PAGE, pageOf, pagesOf, type Span } from './span'

/** All rows of a view. Only the rows that are or recently were visible are loaded. */
export interface Rows {
  /** The view that the rows belong to. It lags behind the current view until the first new rows are loaded. */
  params: ViewParams
  count: number
  /** There are none yet, but some have been counted. */
  coming: boolean
  counts: Counts | undefined
  at(index: number): Image | undefined
  /** -1 for a row that is not loaded. */
  indexOf(id: number): number
  /** Ids of the rows first to last; those that are not loaded are requested. */
  idsOf(first: number, last: number): Promise<number[]>
}

interface Loaded {
  rows: Rows | null
  /** The rows are those of the previous view; the new ones are still loading. */
  old: boolean
  error: Error | null
  retry: () => void
  /** Loads the pages that are visible. */
  load: (span: Span) => void
}

/** Loads rows in pages, as they become visible. Rows with a pending delete are left out. */
export function useRows(wanted: ViewParams, start: number): Loaded {
  const client = useQueryClient()
  const { feed, pendingDeletes } = useImagesServices()
  const { recent } = feed
  const deleted = useStore(pendingDeletes.store)
  const [shown, setShown] = useState(wanted)
  const [span, setSpan] = useState<Span>(() => ({ first: pageOf(start), last: pageOf(start) }))
  const old = shown !== wanted
  const next = useMemo(() => pageQuery(wanted, pageOf(start), recent), [wanted, start, recent])
  const asked = pagesOf(span).map((page) => pageQuery(shown, page, recent))
  const answers = useQueries({ queries: old ? [...asked, next] : asked })
  const last = answers.at(-1)
  if (old && last && canShow(last)) {
    setShown(wanted)
    setSpan({ first: pageOf(start), last: pageOf(start) })
  }

  const newest = answers
    .slice(0, asked.length)
    .reduce<(typeof answers)[number] | undefined>(
      (best, one) => (one.data && one.dataUpdatedAt >= (best?.dataUpdatedAt ?? 0) ? one : best),
      undefined,
    )
  // While no visible page is loaded, the last known counts are kept.
  const lastList = useRef<{ of: ViewParams; list: ImageList } | null>(null)
  if (newest?.data) lastList.current = { of: shown, list: newest.data }
  const whole = lastList.current?.of === shown ? lastList.current.list : undefined

  const pages = new Map<number, readonly Image[]>()
  for (const [key, list] of client.getQueriesData<ImageList>({ queryKey: [...listKey, shown] }))
    if (list) pages.set(key[2] as number, list.images)
  const hidden = deleted.size === 0 ? [] : hiddenIn(pages, deleted)

  const rows: Rows | null = whole
    ? {
        params: shown,
        count: Math.max(0, whole.total - hidden.length),
        coming: areComing(whole, shown),
        counts: whole.counts,
        at: (index) => {
          const place = onServer(index, hidden)
          return pages.get(pageOf(place))?.[place % PAGE]
        },
        indexOf: (id) => indexIn(pages, hidden, id),
        idsOf: async (from, to) => {
          const first = onServer(from, hidden)
          const end = onServer(to, hidden)
          const lists = await Promise.all(
            pagesOf({ first: pageOf(first), last: pageOf(end) }).map(async (page) => {
              const { images } = await client.fetchQuery<ImageList>(pageQuery(shown, page, recent))
              return images.filter((_, at) => page * PAGE + at >= first && page * PAGE + at <= end)
            }),
          )
          return lists.flat().flatMap(({ id }) => (deleted.has(id) ? [] : [id]))
        },
      }
    : null

  return {
    rows,
    old,
    error: answers.find((one) => one.error)?.error ?? null,
    retry: () => void client.refetchQueries({ queryKey: listKey, type: 'active' }),
    load: useCallback(
      (to: Span) => setSpan((now) => (now.first === to.first && now.last === to.last ? now : to)),
      [],
    ),
  }
}

type Pages = ReadonlyMap<number, readonly Image[]>

/** Where they are in the server's list, in ascending order. */
function hiddenIn(pages: Pages, deleted: ReadonlySet<number>): number[] {
  const places: number[] = []
  for (const [page, images] of pages)
    for (const [at, { id }] of images.entries()) if (deleted.has(id)) places.push(page * PAGE + at)
  return places.sort((a, b) => a - b)
}

function indexIn(pages: Pages, hidden: readonly number[], id: number): number {
  for (const [page, images] of pages) {
    const at = images.findIndex((image) => image.id === id)
    if (at < 0) continue
    const place = page * PAGE + at
    return place - hidden.filter((one) => one < place).length
  }
  return -1
}
