import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { listImages, listKey } from '@/lib/api/list-images'
import { useReviewCount } from '@/lib/api/review-count'
import type { Counts } from '@/lib/api/types'
import { useView } from '@/lib/view'
import type { Rows } from './rows/use-rows'

/** How many images each filter shows. `attention` is the number to review, as in the header. */
export function useCounts(rows: Rows | null): Counts | undefined {
  const { q, batch } = useView()
  const toReview = useReviewCount(batch, true, q)
  // The counts in a list of what is to be reviewed leave out what was reviewed.
  const limited = rows?.params.review !== undefined
  const params = { q: q || undefined, batch: batch || undefined }
  const { data } = useQuery({
    queryKey: [...listKey, params, 'counts'],
    queryFn: ({ signal }) => listImages({ ...params, limit: 1 }, signal),
    enabled: limited,
  })
  const last = useRef<Counts>(undefined)
  const counts = limited ? (data?.counts ?? last.current) : rows?.counts
  if (counts) last.current = counts
  const attention = limited ? rows?.count : toReview
  return counts && { ...counts, attention: attention ?? counts.attention }
}
