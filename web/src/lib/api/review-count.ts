import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import type { ImageList } from './types'

const EVERY_MS = 20_000

/** How many images need review. It is not among the image lists, because the live feed would refetch it after
 * every change. */
export function useReviewCount(batch: string, on: boolean): number {
  const { data } = useQuery({
    queryKey: ['review-count', batch],
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
