import type { RecipeBrief } from '@/lib/api/types'

/** The aspect ratio that a recipe asks for, as it is written there: "4:5", "2:3 – 1:1"; null: any. */
export function aspectText({ json }: Pick<RecipeBrief, 'json'>): string | null {
  const { aspect, size } = JSON.parse(json) as {
    aspect?: unknown
    size?: { mode?: string; width?: number; height?: number }
  }
  if (size?.mode === 'exact') return `${size.width} × ${size.height}`
  if (aspect === undefined || aspect === 'free') return null
  return Array.isArray(aspect) ? aspect.join(' – ') : String(aspect)
}
