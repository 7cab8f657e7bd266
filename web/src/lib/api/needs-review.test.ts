import { describe, expect, it } from 'vitest'
import { anImage } from '@/testing/an-image'
import { needsReview } from './needs-review'
import type { Shot } from './types'

const reason = { code: 'several_people', message: '' } as never
const image = anImage({ status: 'processed', attention: [reason] })
const shot = (state: Shot['state']) => ({ label: 'neck', state }) as Shot

describe('needsReview', () => {
  it('is true for a reason of the image or of a shot', () => {
    expect(needsReview(image)).toBe(true)
    expect(needsReview({ ...image, attention: [], shots: [shot('review')] })).toBe(true)
    expect(needsReview({ ...image, attention: [], shots: [shot('ok')] })).toBe(false)
  })

  it('is false while it is processed again and after it was reviewed', () => {
    expect(needsReview({ ...image, status: 'pending' })).toBe(false)
    expect(needsReview({ ...image, review: 'approved' })).toBe(false)
  })
})
