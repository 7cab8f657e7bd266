import type { Box } from '@/lib/box'
import type { OffsetAnswer } from '@/lib/api/types'
import type { Offset } from '@/features/images/api/offset-edits'

/** What the API takes. */
const FAR = 2
const SCALES = { least: 0.2, most: 5 }

/** How the box differs from the planned one, in parts of the planned one: the shift of its middle, and
 * how many times its size. */
export function offsetOf(planned: Box, box: Box): Offset {
  return {
    x: (box.x + box.w / 2 - planned.x - planned.w / 2) / planned.w,
    y: (box.y + box.h / 2 - planned.y - planned.h / 2) / planned.h,
    scale: Math.sqrt((box.w * box.h) / (planned.w * planned.h)),
  }
}

export const isAllowed = ({ x, y, scale }: Offset) =>
  Math.abs(x) <= FAR && Math.abs(y) <= FAR && scale >= SCALES.least && scale <= SCALES.most

export interface OffsetSum {
  looked: number
  changed: number
  skipped: number
  /** The first of those that change, to be looked at. */
  first: OffsetAnswer['changed']
}

type Ask = (after: number) => Promise<OffsetAnswer>

/** Asks page by page until the last; tells the sum after each. */
export async function allPages(
  ask: Ask,
  keep: number,
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
      first: [...sum.first, ...answer.changed].slice(0, keep),
    }
    onSum(sum)
    after = answer.next
  }
  return sum
}
