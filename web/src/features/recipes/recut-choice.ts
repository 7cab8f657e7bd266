import type { Recipes } from '@/lib/api/types'
import type { RecutTarget } from './run-recut'

/** The server takes so many labels for an image. */
export const MOST_LABELS = 32

export interface Choice {
  by: 'active' | 'own'
  labels: ReadonlySet<string>
}

/** In the order of the list, not of the clicks; null when nothing can be asked yet. */
export function targetOf(
  { by, labels }: Choice,
  ids: readonly number[] | null,
  { recipes, ready }: Pick<Recipes, 'recipes' | 'ready'>,
): Exclude<RecutTarget, 'all'> | null {
  if (ids === null) return null
  if (by === 'active') return { ids, recipes: null }
  const chosen = [...recipes, ...ready].map(({ label }) => label).filter((one) => labels.has(one))
  return chosen.length === 0 || chosen.length > MOST_LABELS ? null : { ids, recipes: chosen }
}
