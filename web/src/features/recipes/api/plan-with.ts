import { useQueries } from '@tanstack/react-query'
import { sendJson } from '@/lib/api/send-json'
import type { Image, Plan } from '@/lib/api/types'

/** The shots that these images would get with the given recipes. */
export const usePlansWith = (images: readonly Image[], recipes: string | null) =>
  useQueries({
    queries: images.map(({ id, seq }) => ({
      queryKey: ['plan-with', id, seq, recipes],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        sendJson<Plan>('POST', `images/${id}/plan`, { recipes }, signal),
      enabled: recipes !== null,
      gcTime: 60_000,
    })),
  })
