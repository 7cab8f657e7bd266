import { useQuery } from '@tanstack/react-query'
import type { Image } from '@/lib/api/types'

/** What recipes are tried on. */
export interface Trial {
  of: 'selected' | 'newest'
  images: Image[]
}

/** Finds so many at most. */
export type FindTrial = (limit: number) => Promise<Trial>

export const TRIAL = 12

/** Found when the dialog opens, and again when asked to. */
export const useTrial = (find: FindTrial) =>
  useQuery({
    queryKey: ['recipes-trial'],
    queryFn: () => find(TRIAL),
    refetchOnMount: 'always',
    gcTime: 0,
  })
