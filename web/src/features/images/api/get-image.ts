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
