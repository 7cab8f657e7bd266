import type { Counts, Image } from '@/lib/api/types'

/** What changed on the server: told by the live connection, or returned by a call of this page. */
export interface ImageChange {
  images: Image[]
  removed: number[]
  counts?: Counts
  /** Everything up to this sequence number has been told. */
  seq?: number
  /** A list older than this sequence number must be requested again. */
  asOf?: number
  /** Changes may have been missed, so whatever is shown must be requested again. */
  gap?: boolean
}

export const changedImage = (image: Image): ImageChange => ({ images: [image], removed: [] })
export const removedImages = (ids: number[]): ImageChange => ({ images: [], removed: ids })
/** Only the server knows which rows the lists contain now. */
export const unknownChange: ImageChange = { images: [], removed: [], gap: true }
