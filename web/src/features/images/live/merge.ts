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
  /** Whether a changed image still belongs on the list, as far as the page can tell. */
  keeps?: (image: Image) => boolean
}

/** Applies a change to one page of a list as far as that page allows: `left` rows are no longer on it. `stale`
 * means that only the server knows which rows belong on it now. */
export function mergeList(
  list: ImageList,
  change: ImageChange,
  { whole, counted, keeps = () => true }: Kind,
): { list: ImageList; left: number; stale: boolean } {
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
    if (!next || next.seq <= image.seq) {
      images.push(image)
      continue
    }
    touched = true
    if (keeps(next)) images.push(next)
  }
  const stale =
    Boolean(change.gap) ||
    list.seq < (change.asOf ?? 0) ||
    // It may have been on a page that is not loaded.
    gone.size > 0 ||
    (!whole && change.images.length > 0)
  const counts = (counted && change.counts) || list.counts
  const left = list.images.length - images.length
  if (!touched && counts === list.counts) return { list, left, stale }
  return { list: { ...list, images: touched ? images : list.images, counts }, left, stale }
}
