import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Counts, Image, ImageList } from '@/lib/api/types'
import { listKey, pageQuery, type ViewParams } from '@/features/images/api/list-images'
import { onServer, PAGE, pageOf, pagesOf, type Span } from './span'

/** All rows of a view: as many as match, of which those are there that are, or were just, in sight. */
export interface Rows {
  /** What they are rows of; it lags behind the view until the first of the new rows are there. */
  params: ViewParams
  count: number
  counts: Counts | undefined
  at(index: number): Image | undefined
  /** -1 for a row that is not there. */
  indexOf(id: number): number
  /** Ids of first to last, asked for where they are not there. */
  idsOf(first: number, last: number): Promise<number[]>
}

interface Loaded {
  rows: Rows | null
  /** The rows are of another view, the right ones are on their way. */
  old: boolean
  error: Error | null
  retry: () => void
  /** Which rows are in sight. */
  look: (span: Span) => void
}

/** Rows come in pages as they are looked at. `leaving` are not shown any more. */
export function useRows(wanted: ViewParams, start: number, leaving: ReadonlySet<number>): Loaded {
  const client = useQueryClient()
  const [shown, setShown] = useState(wanted)
  const [span, setSpan] = useState<Span>(() => ({ first: pageOf(start), last: pageOf(start) }))
  const old = shown !== wanted
  const next = useMemo(() => pageQuery(wanted, pageOf(start)), [wanted, start])
  const asked = pagesOf(span).map((page) => pageQuery(shown, page))
  const answers = useQueries({ queries: old ? [...asked, next] : asked })
  const last = answers.at(-1)
  if (old && (last?.data ?? last?.error)) {
    setShown(wanted)
    setSpan({ first: pageOf(start), last: pageOf(start) })
  }

  const newest = answers
    .slice(0, asked.length)
    .reduce<(typeof answers)[number] | undefined>(
      (best, one) => (one.data && one.dataUpdatedAt >= (best?.dataUpdatedAt ?? 0) ? one : best),
      undefined,
    )
  // While nothing of what is looked at is there, what was known of the whole stays.
  const kept = useRef<{ of: ViewParams; list: ImageList } | null>(null)
  if (newest?.data) kept.current = { of: shown, list: newest.data }
  const whole = kept.current?.of === shown ? kept.current.list : undefined

  const pages = new Map<number, readonly Image[]>()
  for (const [key, list] of client.getQueriesData<ImageList>({ queryKey: [...listKey, shown] }))
    if (list) pages.set(key[2] as number, list.images)
  const hidden = leaving.size === 0 ? [] : hiddenIn(pages, leaving)

  const rows: Rows | null = whole
    ? {
        params: shown,
        count: Math.max(0, whole.total - hidden.length),
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
              const { images } = await client.fetchQuery<ImageList>(pageQuery(shown, page))
              return images.filter((_, at) => page * PAGE + at >= first && page * PAGE + at <= end)
            }),
          )
          return lists.flat().flatMap(({ id }) => (leaving.has(id) ? [] : [id]))
        },
      }
    : null

  return {
    rows,
    old,
    error: answers.find((one) => one.error)?.error ?? null,
    retry: () => void client.refetchQueries({ queryKey: listKey, type: 'active' }),
    look: useCallback(
      (to: Span) => setSpan((now) => (now.first === to.first && now.last === to.last ? now : to)),
      [],
    ),
  }
}

type Pages = ReadonlyMap<number, readonly Image[]>

/** Their places on the server, in ascending order. */
function hiddenIn(pages: Pages, leaving: ReadonlySet<number>): number[] {
  const places: number[] = []
  for (const [page, images] of pages)
    for (const [at, { id }] of images.entries()) if (leaving.has(id)) places.push(page * PAGE + at)
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
