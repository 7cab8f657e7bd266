import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import type { Limits } from './types'

export const getLimits = () => call<Limits>(apiUrl('limits'))

export const limitsQuery = {
  queryKey: ['limits'],
  queryFn: getLimits,
  staleTime: Infinity,
  retry: true,
} as const

export function useLimits() {
  return useQuery(limitsQuery).data
}
