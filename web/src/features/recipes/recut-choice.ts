import type { Recipes } from '@/lib/api/types'
import type { RecutTarget } from './run-recut'

/** The server's limit of labels for one image. */
export const MAX_LABELS = 32

export interface Choice {
  by: 'active' | 'own'
  labels: ReadonlySet<string>
}

/** The recipes are in the order of the list, not of the clicks. null while the choice is incomplete. */
export function targetOf(
  { by, labels }: Choice,
  ids: readonly number[] | null,
  { recipes, ready }: Pick<Recipes, 'recipes' | 'ready'>,
): Exclude<RecutTarget, 'all'> | null {
  if (ids === null) return null
  if (by === 'active') return { ids, recipes: null }
  const chosen = [...recipes, ...ready].map(({ label }) => label).filter((one) => labels.has(one))
  return chosen.length === 0 || chosen.length > MAX_LABELS ? null : { ids, recipes: chosen }
}
