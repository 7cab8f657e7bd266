import { useQueries } from '@tanstack/react-query'
import { sendJson } from '@/lib/api/send-json'
import type { Image, Plan } from '@/lib/api/types'

/** Which shots these images would get by a text of recipes. */
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
