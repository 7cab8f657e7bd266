import type { Image, ImageList } from '@/lib/api/types'

/** The newest of each image that came in lately. A list that was asked for before a change, but answered
 * after it, must not turn the row back. */
const MOST = 2000
const newest = new Map<number, Image>()
const removed = new Set<number>()

export function noteNewest(images: readonly Image[], removedIds: readonly number[] = []) {
  for (const image of images) {
    const known = newest.get(image.id)
    if (known && known.seq >= image.seq) continue
    newest.delete(image.id)
    newest.set(image.id, image)
  }
  for (const id of removedIds) {
    newest.delete(id)
    removed.add(id)
  }
  for (const id of newest.keys()) {
    if (newest.size <= MOST) break
    newest.delete(id)
  }
}

export function withNewest(list: ImageList): ImageList {
  const images = list.images
    .filter(({ id }) => !removed.has(id))
    .map((image) => {
      const known = newest.get(image.id)
      return known && known.seq > image.seq ? known : image
    })
  return { ...list, images }
}

export function forgetNewest() {
  newest.clear()
  removed.clear()
}
