import { sendJson } from '@/lib/api/send-json'
import type { Recipes } from '@/lib/api/types'

/** Saves recipes; a null text deletes the saved ones. `version` is the one that the edit started from. */
export const putRecipes = (version: number, text: string | null) =>
  sendJson<Recipes>('PUT', 'recipes', { version, text })
