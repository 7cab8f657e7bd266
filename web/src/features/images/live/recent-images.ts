import type { Image, ImageList } from '@/lib/api/types'

const CAPACITY = 2000

/** The latest known state of recently changed images. A list that was requested before a change and arrives
 * after it must not show the old state again. */
export class RecentImages {
  private readonly latest = new Map<number, Image>()
  private readonly removed = new Set<number>()

  note(images: readonly Image[], removedIds: readonly number[] = []) {
    for (const image of images) {
      const known = this.latest.get(image.id)
      if (known && known.seq >= image.seq) continue
      this.latest.delete(image.id)
      this.latest.set(image.id, image)
    }
    for (const id of removedIds) {
      this.latest.delete(id)
      this.removed.add(id)
    }
    for (const id of this.latest.keys()) {
      if (this.latest.size <= CAPACITY) break
      this.latest.delete(id)
    }
  }

  /** The list with whatever is known to be newer. */
  update(list: ImageList): ImageList {
    const images = list.images
      .filter(({ id }) => !this.removed.has(id))
      .map((image) => {
        const known = this.latest.get(image.id)
        return known && known.seq > image.seq ? known : image
      })
    const left = list.images.length - images.length
    return { ...list, images, total: list.total - left }
  }
}
