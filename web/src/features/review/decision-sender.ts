import type { ImageDetail, ReviewRequest } from '@/lib/api/types'
import { reviewImage } from './api/review-image'

const tails = new Map<number, Promise<unknown>>()

/** Sends behind what is shown. Verdicts on the same image go out in their order, one after the other,
 * whatever became of the one before. */
export function sendVerdict(id: number, request: ReviewRequest): Promise<ImageDetail> {
  const before = tails.get(id) ?? Promise.resolve()
  const answer = before.catch(() => undefined).then(() => reviewImage(id, request))
  tails.set(id, answer)
  const forget = () => {
    if (tails.get(id) === answer) tails.delete(id)
  }
  answer.then(forget, forget)
  return answer
}

/** No verdict on it is under way. */
export const isSettled = (id: number) => !tails.has(id)
