import type { Image } from './types'

/** Whether an image is to be reviewed: the same images as the server lists with `toReview`. */
export const needsReview = ({
  status,
  attention,
  shots,
  review = 'none',
}: Pick<Image, 'status' | 'attention' | 'shots' | 'review'>): boolean =>
  status === 'processed' &&
  review === 'none' &&
  (attention.length > 0 || shots.some(({ state }) => state === 'review'))

/** Parameters of a list of those images. */
export const toReview = { status: 'processed', attention: 'true', review: 'none' } as const
