import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { Recipes } from '@/lib/api/types'

export const recipesKey = ['recipes'] as const

export const getRecipes = (signal?: AbortSignal) =>
  call<Recipes>(apiUrl('recipes'), signal ? { signal } : {})

/** Asked for anew whenever it comes into sight: other people change recipes, too. */
export const useRecipes = () =>
  useQuery({
    queryKey: recipesKey,
    queryFn: ({ signal }) => getRecipes(signal),
    refetchOnMount: 'always',
  })
