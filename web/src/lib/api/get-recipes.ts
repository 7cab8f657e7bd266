import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from './client'
import type { RecipeBrief, Recipes } from './types'

export const recipesKey = ['recipes'] as const

export const getRecipes = (signal?: AbortSignal) =>
  call<Recipes>(apiUrl('recipes'), signal ? { signal } : {})

/** Requested again whenever it is shown, because other people change recipes too. */
export const useRecipes = () =>
  useQuery({
    queryKey: recipesKey,
    queryFn: ({ signal }) => getRecipes(signal),
    refetchOnMount: 'always',
  })

/** The active recipes, then the built-in ones: an image may be cut by either. */
export function useKnownRecipes(): readonly RecipeBrief[] | undefined {
  const { data } = useQuery({
    queryKey: recipesKey,
    queryFn: ({ signal }) => getRecipes(signal),
    staleTime: 60_000,
  })
  return data && [...data.recipes, ...data.ready]
}
