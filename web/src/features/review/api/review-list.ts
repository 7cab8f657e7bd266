import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ImageList } from '@/lib/api/types'
import { listKey } from '@/features/images'

const MANY = 50

/** What needs attention and has no verdict, oldest first. Among the lists of images, so that the feed
 * has it asked again when something changed. `passed`: so many were passed over and still come first. */
export function useWaiting(batch: string, passed: number) {
  const params = {
    status: 'processed',
    attention: 'true',
    review: 'none',
    batch,
    sort: 'id',
    order: 'asc',
    limit: MANY * (1 + Math.floor(Math.min(passed, 900) / MANY)) + MANY,
  }
  return useQuery({
    queryKey: [...listKey, params, 0],
    queryFn: ({ signal }) => call<ImageList>(apiUrl('images', params), { signal }),
    placeholderData: keepPreviousData,
    // The next sitting begins with what waits then.
    gcTime: 0,
  })
}
