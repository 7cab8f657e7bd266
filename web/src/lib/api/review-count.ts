import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import { toReview } from './needs-review'
import type { ImageList } from './types'

/** In case a change was missed. */
const EVERY_MS = 20_000

/** It is not among the image lists: the live feed refetches it on its own, after every change. */
export const reviewCountKey = ['review-count'] as const

/** How many images need review. */
export function useReviewCount(batch: string, on: boolean, q = ''): number | undefined {
  const { data } = useQuery({
    queryKey: [...reviewCountKey, batch, q],
    queryFn: ({ signal }) =>
      call<ImageList>(
        apiUrl('images', {
          ...toReview,
          batch,
          q,
          limit: 1,
        }),
        { signal },
      ),
    select: ({ total }) => total,
    enabled: on,
    staleTime: 0,
    refetchInterval: EVERY_MS,
  })
  return data
}
