import { apiUrl, call } from '@/lib/api/client'
import type { ImageList, Status } from '@/lib/api/types'
import { withNewest } from '@/features/images/live/recent-images'
import { PAGE } from '@/features/images/rows/span'

/** Which images; the same words for a list, a bulk action and a ZIP. */
export interface FilterParams {
  q?: string | undefined
  status?: Status | undefined
  attention?: 'true' | undefined
  batch?: string | undefined
}

/** Which, and in what order. */
export interface ViewParams extends FilterParams {
  sort?: string | undefined
  order?: string | undefined
}

export interface ListParams extends ViewParams {
  limit: number
  offset?: number | undefined
  since?: number | undefined
}

export const listImages = (params: ListParams, signal?: AbortSignal) =>
  call<ImageList>(apiUrl('images', { ...params }), signal ? { signal } : {})

export const listKey = ['images'] as const

/** Pages that are scrolled past are soon forgotten: a long list must not fill the memory. */
const KEPT_MS = 20_000

export const pageQuery = (params: ViewParams, page: number) => ({
  queryKey: [...listKey, params, page],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    withNewest(await listImages({ ...params, limit: PAGE, offset: page * PAGE }, signal)),
  gcTime: KEPT_MS,
})
