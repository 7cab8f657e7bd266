import type { Image, ImageList } from '@/lib/api/types'
import type { ImageChange } from '@/lib/image-change'

/** Two changes as one. Of each image the newer state is kept. */
export function joinChanges(first: ImageChange | null, second: ImageChange): ImageChange {
  if (!first) return second
  const gone = new Set(second.removed)
  const byId = new Map<number, Image>()
  for (const image of [...first.images, ...second.images]) {
    const known = byId.get(image.id)
    if (!gone.has(image.id) && (!known || known.seq <= image.seq)) byId.set(image.id, image)
  }
  const counts = second.counts ?? first.counts
  const asOf = second.asOf ?? first.asOf
  return {
    images: [...byId.values()],
    removed: [...new Set([...first.removed, ...second.removed])],
    ...(counts ? { counts } : {}),
    ...(second.seq === undefined ? {} : { seq: second.seq }),
    ...(asOf === undefined ? {} : { asOf }),
    gap: Boolean(first.gap || second.gap),
  }
}

/** Which changes can affect a list. */
export interface Kind {
  /** The list has the default order and no filter, so a change of an image never moves its row. */
  whole: boolean
  /** The counts in the list are those of the whole store. */
  counted: boolean
}

/** Applies a change to one page of a list as far as that page allows. `stale` means that only the server
 * knows which rows belong on it now. */
export function mergeList(
  list: ImageList,
  change: ImageChange,
  { whole, counted }: Kind,
): { list: ImageList; stale: boolean } {
  const changed = new Map(change.images.map((image) => [image.id, image]))
  const gone = new Set(change.removed)
  let touched = false
  const images: Image[] = []
  for (const image of list.images) {
    if (gone.has(image.id)) {
      touched = true
      continue
    }
    const next = changed.get(image.id)
    if (next && next.seq > image.seq) touched = true
    images.push(next && next.seq > image.seq ? next : image)
  }
  const stale =
    Boolean(change.gap) ||
    list.seq < (change.asOf ?? 0) ||
    images.length !== list.images.length ||
    (!whole && change.images.length > 0)
  const counts = (counted && change.counts) || list.counts
  if (!touched && counts === list.counts) return { list, stale }
  return { list: { ...list, images: touched ? images : list.images, counts }, stale }
}
