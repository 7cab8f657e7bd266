import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ImageList } from '@/lib/api/types'
import { withNewest } from '@/features/images/live/newest'

export interface ListParams {
  limit: number
  offset?: number | undefined
  since?: number | undefined
  q?: string | undefined
  status?: string | undefined
  attention?: 'true' | undefined
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
