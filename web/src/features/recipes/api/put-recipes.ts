import { sendJson } from '@/lib/api/send-json'
import type { Recipes } from '@/lib/api/types'

/** Null goes back to the setting; `version` is the one that was read. */
export const putRecipes = (version: number, text: string | null) =>
  sendJson<Recipes>('PUT', 'recipes', { version, text })
