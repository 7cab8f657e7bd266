import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { imageQuery } from '@/lib/api/get-image'
import type { ImageDetail } from '@/lib/api/types'
import { useReviewList } from './api/review-list'
import { emptyQueue, leftOf, type Queue, skipped, type Waiting, withWaiting } from './queue'

/** How many images are loaded ahead, so that the next one appears immediately. */
const AHEAD = 3

/** The queue of this session, filled from the server's list. */
export function useQueue(batch: string) {
  const [queue, setQueue] = useState<Queue>(emptyQueue)
  const { data, error, refetch } = useReviewList(batch, skipped(queue).length)
  const waiting = useMemo<Waiting | null>(
    () => (data ? { ids: data.images.map(({ id }) => id), total: data.total } : null),
    [data],
  )
  useEffect(() => {
    if (waiting) setQueue((now) => withWaiting(now, waiting))
  }, [waiting])
  usePrefetch(queue)
  return {
    queue,
    setQueue,
    ready: waiting !== null,
    error: waiting ? null : error,
    refetch,
    left: (of: Queue) => (waiting ? leftOf(of, waiting) : 0),
  }
}

function usePrefetch({ ids, at }: Queue) {
  const client = useQueryClient()
  const ahead = ids.slice(at + 1, at + 1 + AHEAD).join()
  useEffect(() => {
    for (const id of ahead.split(',').filter(Boolean).map(Number))
      void client.fetchQuery({ ...imageQuery(id), retry: false }).then(loadFiles, () => undefined)
  }, [client, ahead])
}

/** Makes the browser load the image files. */
function loadFiles({ original, shots }: ImageDetail) {
  for (const src of [original, ...shots.map(({ url }) => url)]) if (src) new Image().src = src
}
