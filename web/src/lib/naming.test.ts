import { describe, expect, it } from 'vitest'
import type { Shot } from './api/types'
import { anImage } from '@/testing/an-image'
import { en } from './i18n/en'
import { de } from './i18n/de'
import { shotSummary, stateText, thumbnailOf } from './naming'

const shot = (label: string, url?: string): Shot => ({
  label,
  title: label,
  state: 'ok',
  reasons: [],
  ...(url ? { url } : {}),
})

describe('thumbnailOf', () => {
  it('is the thumbnail of the photo', () =>
    expect(thumbnailOf(anImage({ thumbnail: '/files/a', original: '/files/b' }))).toEqual({
      src: '/files/a',
      whole: false,
    }))

  it('is the shot that shows most if there is no thumbnail', () => {
    const shots = [shot('neck', '/n'), shot('length', '/l')]
    expect(thumbnailOf(anImage({ shots }))).toEqual({ src: '/l', whole: true })
  })

  it('is another shot if that one is absent', () => {
    const shots = [shot('length'), shot('neck', '/n')]
    expect(thumbnailOf(anImage({ shots }))).toEqual({ src: '/n', whole: true })
  })

  it('is never the original, which may be large', () =>
    expect(thumbnailOf(anImage({ original: '/files/b', format: 'jpeg', bytes: 9 }))).toBeNull())
})

describe.each([en, de])('the text of a shot, $languageCode', (texts) => {
  const complete = texts.shot.stateTip.ok
  const why = (code: string) => [{ code, message: 'of the server' }]

  it('says that everything is in it only if it is OK without reasons', () => {
    expect(stateText(shot('neck', '/n'), texts)).toBe(complete)
    expect(shotSummary(shot('neck', '/n'), texts)).toBe(complete)
    for (const state of ['partial', 'absent', 'review'] as const)
      expect(stateText({ state, reasons: [] }, texts)).not.toBe(complete)
  })

  it('leads to the reasons, also of a shot that is OK', () => {
    const small = { ...shot('neck', '/n'), reasons: why('smaller_than_asked') }
    expect(stateText(small, texts)).toBe(texts.shot.stateBefore.ok)
    expect(shotSummary(small, texts)).toBe(texts.reasons.smaller_than_asked.why)
  })

  it('does not say that a photo lacks something that is lacking for another reason', () => {
    const absent = { state: 'absent' as const, reasons: why('no_such_person') }
    expect(stateText(absent, texts)).not.toBe(texts.shot.stateTip.absent)
  })

  it('claims nothing about a crop that was set by hand', () =>
    expect(stateText({ state: 'ok', reasons: [], by: 'hand' }, texts)).toBe(texts.shot.setByHand))
})
