import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ImageList, Status } from '@/lib/api/types'
import { withNewest } from '@/features/images/live/newest'

/** Which images; the same words for a list, a bulk action and a ZIP. */
export interface FilterParams {
  q?: string | undefined
  status?: Status | undefined
  attention?: 'true' | undefined
  batch?: string | undefined
}

export interface ListParams extends FilterParams {
  limit: number
  offset?: number | undefined
  since?: number | undefined
  sort?: string | undefined
  order?: string | undefined
}

export const listImages = (params: ListParams, signal?: AbortSignal) =>
  call<ImageList>(apiUrl('images', { ...params }), signal ? { signal } : {})

export const listKey = ['images'] as const

export function useImages(params: ListParams) {
  return useQuery({
    queryKey: [...listKey, params],
    queryFn: async ({ signal }) => withNewest(await listImages(params, signal)),
    placeholderData: keepPreviousData,
  })
}
