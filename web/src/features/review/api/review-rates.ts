import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { ReviewRates } from '@/lib/api/types'

export const ratesKey = ['review-rates'] as const

export const useRates = (batch: string) =>
  useQuery({
    queryKey: [...ratesKey, batch],
    queryFn: ({ signal }) => call<ReviewRates>(apiUrl('review/rates', { batch }), { signal }),
  })
