import type { ImageList } from '@/lib/api/types'
import type { ViewParams } from '@/lib/api/list-images'
import type { Rows } from './use-rows'

interface Answer {
  data: ImageList | undefined
  error: Error | null
  isFetching: boolean
}

/** Whether a new view can be shown. A cached list without rows may be out of date, so it waits for the server. */
export const canShow = ({ data, error, isFetching }: Answer): boolean =>
  data && !(isFetching && data.total === 0) ? true : error !== null

/** Whether images that match have been counted, but are not in the list yet. */
export function areComing(
  { total, counts }: ImageList,
  { status, attention }: ViewParams,
): boolean {
  if (total > 0 || attention) return false
  return (status ? counts[status] : counts.pending + counts.processed + counts.failed) > 0
}

/** What stands below the filters. `old`: the rows are those of the previous view. Only when the server has said
 * that nothing matches does the page say so. */
export function whatShows(
  rows: Pick<Rows, 'count' | 'coming'> | null,
  old: boolean,
): 'rows' | 'nothing' | 'loading' {
  if (rows && rows.count > 0) return 'rows'
  return rows && !old && !rows.coming ? 'nothing' : 'loading'
}
