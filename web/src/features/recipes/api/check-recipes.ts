import { useQuery } from '@tanstack/react-query'
import { sendJson } from '@/lib/api/send-json'
import type { RecipesCheck } from '@/lib/api/types'

export type Problem = RecipesCheck['problems'][number]

export const useCheck = (text: string) =>
  useQuery({
    queryKey: ['recipes-check', text],
    queryFn: ({ signal }) => sendJson<RecipesCheck>('POST', 'recipes/check', { text }, signal),
    gcTime: 60_000,
    placeholderData: (before) => before,
  })
