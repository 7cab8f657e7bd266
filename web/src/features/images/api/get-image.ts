import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ImageDetail } from '@/lib/api/types'

export const imageKey = (id: number) => ['image', id] as const

export function useImage(id: number) {
  return useQuery({
    queryKey: imageKey(id),
    queryFn: ({ signal }) => call<ImageDetail>(apiUrl(`images/${id}`), { signal }),
    placeholderData: keepPreviousData,
  })
}

/** The photo with skeleton and boxes drawn into it, as a picture of its own. */
export const overlayUrl = (id: number) => apiUrl(`images/${id}/overlay`).href
