import { listImages, listKey, type ViewParams } from '@/lib/api/list-images'
import type { RecentImages } from '@/features/images/live/recent-images'
import { PAGE } from './span'

/** Pages that were scrolled past are dropped soon, so that a long list does not fill the memory. */
const UNUSED_MS = 20_000

export const pageQuery = (params: ViewParams, page: number, recent: RecentImages) => ({
  queryKey: [...listKey, params, page],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    recent.update(await listImages({ ...params, limit: PAGE, offset: page * PAGE }, signal)),
  gcTime: UNUSED_MS,
})
