import type { ImageDetail, ReviewRequest } from '@/lib/api/types'
import { reviewImage } from './api/review-image'

/** Sends decisions in the background. Decisions on the same image are sent one after the other and in order,
 * even if an earlier one fails. */
export class DecisionSender {
  private readonly last = new Map<number, Promise<unknown>>()

  send(id: number, request: ReviewRequest): Promise<ImageDetail> {
    const before = this.last.get(id) ?? Promise.resolve()
    const answer = before.catch(() => undefined).then(() => reviewImage(id, request))
    this.last.set(id, answer)
    const forget = () => {
      if (this.last.get(id) === answer) this.last.delete(id)
    }
    answer.then(forget, forget)
    return answer
  }

  /** No decision on this image is on its way. */
  isIdle(id: number): boolean {
    return !this.last.has(id)
  }
}
