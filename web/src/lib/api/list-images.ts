import { apiUrl, call } from './client'
import type { ImageList, Review, Status } from './types'

/** Which images; the same filter for a list, a bulk action and a ZIP file. */
export interface FilterParams {
  q?: string | undefined
  status?: Status | undefined
  attention?: 'true' | undefined
  review?: Review | undefined
  batch?: string | undefined
}

/** Which images, and in which order. */
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
