import { useQuery } from '@tanstack/react-query'
import type { Image } from '@/lib/api/types'

/** What recipes are tried on. */
export interface SampleImages {
  of: 'selected' | 'newest'
  images: Image[]
}

/** Finds so many at most. */
export type FindSampleImages = (limit: number) => Promise<SampleImages>

export const SAMPLE_SIZE = 12

/** Found when the dialog opens, and again when asked to. */
export const useSampleImages = (find: FindSampleImages) =>
  useQuery({
    queryKey: ['recipes-trial'],
    queryFn: () => find(SAMPLE_SIZE),
    refetchOnMount: 'always',
    gcTime: 0,
  })
