import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { RecipeBrief, Recipes } from '@/lib/api/types'

/** The recipes in force, and after them the ready ones: an image may be cut by either. */
export function useRecipes(): readonly RecipeBrief[] | undefined {
  const { data } = useQuery({
    queryKey: ['recipes'],
    queryFn: ({ signal }) => call<Recipes>(apiUrl('recipes'), { signal }),
    staleTime: 60_000,
  })
  return data && [...data.recipes, ...data.ready]
}
