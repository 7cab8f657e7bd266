import { useQuery } from '@tanstack/react-query'
import { apiUrl, call } from '@/lib/api/client'
import type { Schema } from '@/features/recipes/schema-help'

export const useSchema = () =>
  useQuery({
    queryKey: ['recipes-schema'],
    queryFn: ({ signal }) => call<Schema>(apiUrl('recipes/schema'), { signal }),
  }).data
