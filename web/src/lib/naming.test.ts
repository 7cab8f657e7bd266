import { describe, expect, it } from 'vitest'
import type { Shot } from './api/types'
import { anImage } from '@/testing/an-image'
import { thumbnailOf } from './naming'

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
