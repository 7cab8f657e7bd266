import type { Image } from '@/lib/api/types'
import type { View } from '@/lib/view'
import type { Rows } from './use-rows'

/** So many rows to either side. */
const REACH = 100

/** The rows beside the open image, else beside the first in sight, without a gap: the way to the one before
 * and after. */
export function neighbours(rows: Rows, { image, row }: Pick<View, 'image' | 'row'>): Image[] {
  const open = image === null ? -1 : rows.indexOf(image)
  const middle = Math.max(0, Math.min(open < 0 ? row : open, rows.count - 1))
  const before: Image[] = []
  for (let at = middle - 1; at >= 0 && middle - at <= REACH; at--) {
    const one = rows.at(at)
    if (!one) break
    before.push(one)
  }
  const after: Image[] = []
  for (let at = middle; at < rows.count && at - middle <= REACH; at++) {
    const one = rows.at(at)
    if (!one) break
    after.push(one)
  }
  return [...before.reverse(), ...after]
}
