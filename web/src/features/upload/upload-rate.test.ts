import { describe, expect, it } from 'vitest'
import type { Upload } from './upload-queue'
import { rateOf, withMark } from './upload-rate'
import { uploadTotals } from './upload-totals'

const upload = (part: Partial<Upload>): Upload => ({
  id: 1,
  name: 'a.jpg',
  size: 1000,
  loaded: 0,
  rate: 0,
  state: 'waiting',
  error: null,
  ...part,
})

describe('the rate of uploads', () => {
  const marks = withMark([{ at: 0, loaded: 100 }], { at: 1000, loaded: 600 })

  it('is that of the last marks', () => expect(rateOf(marks)).toBe(500))

  it('is unknown after a single mark', () => expect(rateOf([{ at: 0, loaded: 9 }])).toBe(0))

  it('is unknown when an upload begins again', () =>
    expect(rateOf(withMark(marks, { at: 2000, loaded: 0 }))).toBe(0))

  it('is unknown when the last mark is long ago', () =>
    expect(rateOf(withMark(marks, { at: 60_000, loaded: 601 }))).toBe(0))
})

describe('the totals of uploads', () => {
  it('tell whether anything is being sent: not while the server is away or all are paused', () => {
    expect(
      uploadTotals([upload({ state: 'retrying' }), upload({ state: 'waiting' })]).sending,
    ).toBe(0)
    expect(uploadTotals([upload({ state: 'paused' })]).sending).toBe(0)
    expect(uploadTotals([upload({ state: 'sending' })]).sending).toBe(1)
  })

  it('do not wait for paused uploads', () =>
    expect(
      uploadTotals([
        upload({ state: 'sending', loaded: 400 }),
        upload({ state: 'waiting' }),
        upload({ state: 'paused' }),
        upload({ state: 'failed' }),
      ]).left,
    ).toBe(1600))
})
