import type { Box } from '@/lib/box'
import type { OffsetAnswer } from '@/lib/api/types'
import type { Offset } from '@/features/images/api/offset-edits'

/** The API's limits. */
const MAX_SHIFT = 2
const SCALE = { min: 0.2, max: 5 }

/** How the box differs from the planned one: the shift of its centre in widths and heights of the planned box,
 * and the factor between their sizes. */
export function offsetOf(planned: Box, box: Box): Offset {
  return {
    x: (box.x + box.w / 2 - planned.x - planned.w / 2) / planned.w,
    y: (box.y + box.h / 2 - planned.y - planned.h / 2) / planned.h,
    scale: Math.sqrt((box.w * box.h) / (planned.w * planned.h)),
  }
}

export const isAllowed = ({ x, y, scale }: Offset) =>
  Math.abs(x) <= MAX_SHIFT && Math.abs(y) <= MAX_SHIFT && scale >= SCALE.min && scale <= SCALE.max

export interface OffsetSum {
  looked: number
  changed: number
  skipped: number
  /** The first images that change, for the preview. */
  first: OffsetAnswer['changed']
}

type Ask = (after: number) => Promise<OffsetAnswer>

/** Requests all pages and reports the sum after each. */
export async function allPages(
  ask: Ask,
  previewCount: number,
  onSum: (sum: OffsetSum) => void,
): Promise<OffsetSum> {
  let sum: OffsetSum = { looked: 0, changed: 0, skipped: 0, first: [] }
  let after: number | null = 0
  while (after !== null) {
    const answer: OffsetAnswer = await ask(after)
    sum = {
      looked: sum.looked + answer.looked,
      changed: sum.changed + answer.changed.length,
      skipped: sum.skipped + answer.skipped,
      first: [...sum.first, ...answer.changed].slice(0, previewCount),
    }
    onSum(sum)
    after = answer.next
  }
  return sum
}
