import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import type { ImageDetail } from './types'

export const imageKey = (id: number) => ['image', id] as const

export const imageQuery = (id: number) => ({
  queryKey: imageKey(id),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    call<ImageDetail>(apiUrl(`images/${id}`), { signal }),
})

export const useImage = (id: number) =>
  useQuery({ ...imageQuery(id), placeholderData: keepPreviousData })

/** The URL of the photo with skeleton and boxes drawn on it. */
export const overlayUrl = (id: number) => apiUrl(`images/${id}/overlay`).href
