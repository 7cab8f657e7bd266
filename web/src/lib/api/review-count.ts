import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import type { ImageList } from './types'

/** In case a change was missed. */
const EVERY_MS = 20_000

/** It is not among the image lists: the live feed refetches it on its own, after every change. */
export const reviewCountKey = ['review-count'] as const

/** How many images need review. */
export function useReviewCount(batch: string, on: boolean): number {
  const { data } = useQuery({
    queryKey: [...reviewCountKey, batch],
    queryFn: ({ signal }) =>
      call<ImageList>(
        apiUrl('images', {
          status: 'processed',
          attention: 'true',
          review: 'none',
          batch,
          limit: 1,
        }),
        { signal },
      ),
    select: ({ total }) => total,
    enabled: on,
    staleTime: 0,
    refetchInterval: EVERY_MS,
  })
  return data ?? 0
}
