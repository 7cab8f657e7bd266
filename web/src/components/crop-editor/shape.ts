import type { RecipeBrief } from '@/lib/api/types'
import { FREE, type Shape } from './geometry'

interface RecipeKeys {
  aspect?: unknown
  based_on?: unknown
  size?: { mode?: unknown; width?: unknown; height?: unknown }
}

/** "4:5" or a number; null for anything else. */
function ratioOf(value: unknown): number | null {
  if (typeof value === 'number') return value > 0 ? value : null
  const [, w, h] = /^\s*([\d.]+)\s*:\s*([\d.]+)\s*$/.exec(String(value)) ?? []
  const ratio = Number(w) / Number(h)
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null
}

function aspectShape(aspect: unknown): Shape | null {
  if (aspect === 'free') return FREE
  const ratios = (Array.isArray(aspect) ? aspect : [aspect]).map(ratioOf)
  const known = ratios.filter((ratio) => ratio !== null)
  if (known.length === 0 || known.length < ratios.length) return null
  return { min: Math.min(...known), max: Math.max(...known) }
}

function shapeIn(json: string): Shape | null {
  let keys: RecipeKeys
  try {
    keys = JSON.parse(json) as RecipeKeys
  } catch {
    return null
  }
  const { mode, width, height } = keys.size ?? {}
  if (mode === 'exact') return aspectShape(Number(width) / Number(height))
  if (keys.aspect !== undefined) return aspectShape(keys.aspect)
  return keys.based_on === undefined ? FREE : null
}

/** A recipe that cuts each person names the further ones length-2, length-3. */
const recipeLabel = (label: string) => label.replace(/-\d+$/, '')

/** The aspect ratios that the recipe of this shot allows; null if they are unknown. */
export function shapeOf(label: string, recipes: readonly RecipeBrief[]): Shape | null {
  const recipe =
    recipes.find((one) => one.label === label) ??
    recipes.find((one) => one.label === recipeLabel(label))
  return recipe ? shapeIn(recipe.json) : null
}
