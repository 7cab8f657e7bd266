import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ImageList } from '@/lib/api/types'
import { listKey } from '@/lib/api/list-images'

const PAGE = 50

/** The images that need review, oldest first. Its key begins like those of the image lists, so that the live
 * feed refetches it after changes. The `passed` images that were skipped are still at the start of it. */
export function useReviewList(batch: string, passed: number) {
  const params = {
    status: 'processed',
    attention: 'true',
    review: 'none',
    batch,
    sort: 'id',
    order: 'asc',
    limit: PAGE * (1 + Math.floor(Math.min(passed, 900) / PAGE)) + PAGE,
  }
  return useQuery({
    queryKey: [...listKey, params, 0],
    queryFn: ({ signal }) => call<ImageList>(apiUrl('images', params), { signal }),
    placeholderData: keepPreviousData,
    // The next session starts with a new list.
    gcTime: 0,
  })
}
