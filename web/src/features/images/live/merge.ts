import type { Counts, Image, ImageList } from '@/lib/api/types'

export interface Change {
  images: Image[]
  removed: number[]
  counts?: Counts
  /** Changes may have been missed: what is shown must be asked for again. */
  gap?: boolean
}

/** Two changes as one; of the same image the newer stays. */
export function joinChanges(first: Change | null, second: Change): Change {
  if (!first) return second
  const gone = new Set(second.removed)
  const byId = new Map<number, Image>()
  for (const image of [...first.images, ...second.images]) {
    const known = byId.get(image.id)
    if (!gone.has(image.id) && (!known || known.seq <= image.seq)) byId.set(image.id, image)
  }
  const counts = second.counts ?? first.counts
  return {
    images: [...byId.values()],
    removed: [...new Set([...first.removed, ...second.removed])],
    ...(counts ? { counts } : {}),
    gap: Boolean(first.gap ?? second.gap),
  }
}

/** Puts a change into a list as far as the list alone allows. `whole`: the list is a plain one, where no
 * filter or order depends on what can change. `stale` says that only the server knows the right rows. */
export function mergeList(
  list: ImageList,
  change: Change,
  whole: boolean,
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
    changed.delete(image.id)
    if (next && next.seq > image.seq) touched = true
    images.push(next && next.seq > image.seq ? next : image)
  }
  const stale =
    Boolean(change.gap) ||
    images.length !== list.images.length ||
    changed.size > 0 ||
    (!whole && change.images.length > 0)
  if (!touched && !change.counts) return { list, stale }
  return {
    list: { ...list, images: touched ? images : list.images, counts: change.counts ?? list.counts },
    stale,
  }
}
