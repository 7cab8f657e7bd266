import type { Counts, Image, ImageList } from '@/lib/api/types'

export interface Change {
  images: Image[]
  removed: number[]
  counts?: Counts
  /** All up to here has been told. */
  seq?: number
  /** A list from before this seq is to be asked for again. */
  asOf?: number
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

/** What a list depends on. */
export interface Kind {
  /** Nothing that can change of an image moves it, in or out: the plain order, no filter. */
  whole: boolean
  /** Its counts are those of the whole store. */
  counted: boolean
}

/** Puts a change into a page of a list as far as the page alone allows. `stale` says that only the server
 * knows the right rows. */
export function mergeList(
  list: ImageList,
  change: Change,
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
