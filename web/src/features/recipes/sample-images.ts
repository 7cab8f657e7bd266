import { useQuery } from '@tanstack/react-query'
import type { Image } from '@/lib/api/types'

/** Images to try recipes on. */
export interface SampleImages {
  of: 'selected' | 'newest'
  images: Image[]
}

/** Finds at most `limit` images. */
export type FindSampleImages = (limit: number) => Promise<SampleImages>

export const SAMPLE_SIZE = 12

/** Loaded when the dialog opens, and again on request. */
export const useSampleImages = (find: FindSampleImages) =>
  useQuery({
    queryKey: ['recipes-trial'],
    queryFn: () => find(SAMPLE_SIZE),
    refetchOnMount: 'always',
    gcTime: 0,
  })
