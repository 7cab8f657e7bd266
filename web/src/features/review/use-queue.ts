import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { imageQuery } from '@/features/images'
import type { ImageDetail } from '@/lib/api/types'
import { useWaiting } from './api/review-list'
import { emptyQueue, leftOf, type Queue, skipped, type Waiting, withWaiting } from './queue'

/** So many are fetched ahead, pictures too: the next must stand there at once. */
const AHEAD = 3

/** The queue of this sitting, fed by the server. */
export function useQueue(batch: string) {
  const [queue, setQueue] = useState<Queue>(emptyQueue)
  const { data, error, refetch } = useWaiting(batch, skipped(queue).length)
  const waiting = useMemo<Waiting | null>(
    () => (data ? { ids: data.images.map(({ id }) => id), total: data.total } : null),
    [data],
  )
  useEffect(() => {
    if (waiting) setQueue((now) => withWaiting(now, waiting))
  }, [waiting])
  useAhead(queue)
  return {
    queue,
    setQueue,
    ready: waiting !== null,
    error: waiting ? null : error,
    again: refetch,
    left: (of: Queue) => (waiting ? leftOf(of, waiting) : 0),
  }
}

function useAhead({ ids, at }: Queue) {
  const client = useQueryClient()
  const ahead = ids.slice(at + 1, at + 1 + AHEAD).join()
  useEffect(() => {
    for (const id of ahead.split(',').filter(Boolean).map(Number))
      void client.fetchQuery({ ...imageQuery(id), retry: false }).then(warm, () => undefined)
  }, [client, ahead])
}

/** Has the browser fetch the pictures. */
function warm({ original, shots }: ImageDetail) {
  for (const src of [original, ...shots.map(({ url }) => url)]) if (src) new Image().src = src
}
