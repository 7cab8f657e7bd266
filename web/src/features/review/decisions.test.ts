import { describe, expect, it } from 'vitest'
import type { ImageDetail, Shot, Verdict } from '@/lib/api/types'
import { anImage } from '@/testing/an-image'
import { impliedShots, isDecided, nextUndecided, undoOf, withDecision } from './decisions'

const NOW = '2026-01-01T00:00:00Z'
const approved: Verdict = { verdict: 'approved', at: NOW, first: 'approved' }
const shot = (label: string, verdict?: Verdict): Shot => ({
  label,
  title: label,
  state: 'review',
  reasons: [],
  url: `/files/${label}.jpg`,
  ...(verdict ? { verdict } : {}),
})
const absent: Shot = { label: 'length', title: 'length', state: 'absent', reasons: [] }
const image = (...shots: Shot[]): ImageDetail => ({
  ...anImage({ status: 'processed', shots }),
  people: [],
  person: null,
})

describe('a decision', () => {
  it('applies to all shots that have a file', () => {
    const all = withDecision(
      image(shot('neck'), shot('zoom'), absent),
      { verdict: 'approved' },
      NOW,
    )
    expect(all.shots.map(({ verdict }) => verdict?.verdict)).toEqual([
      'approved',
      'approved',
      undefined,
    ])
    expect(all.review).toBe('approved')
    expect(isDecided(all)).toBe(true)
  })

  it('on an image without any file is on each shot', () => {
    const all = withDecision(image(absent), { verdict: 'rejected' }, NOW)
    expect(all.shots[0]?.verdict?.verdict).toBe('rejected')
    expect(isDecided(image(absent))).toBe(false)
  })

  it('applies only to the named shots, with the reason', () => {
    const request = { verdict: 'rejected', reason: 'cut_off', shots: ['zoom'] } as const
    const some = withDecision(
      image(shot('neck'), shot('zoom')),
      { ...request, shots: ['zoom'] },
      NOW,
    )
    expect(some.shots[0]?.verdict).toBe(undefined)
    expect(some.shots[1]?.verdict).toMatchObject({ verdict: 'rejected', reason: 'cut_off' })
    expect(isDecided(some)).toBe(false)
  })

  it('keeps the first decision', () => {
    const again = withDecision(image(shot('neck', approved)), { verdict: 'rejected' }, NOW)
    expect(again.shots[0]?.verdict).toMatchObject({ verdict: 'rejected', first: 'approved' })
  })

  it('undone leaves none', () =>
    expect(withDecision(image(shot('neck', approved)), { verdict: 'none' }, NOW).review).toBe(
      'none',
    ))

  it('applies to the undecided shots if none is chosen', () => {
    expect(impliedShots(image(shot('neck', approved), shot('zoom')))).toEqual(['zoom'])
    expect(impliedShots(image(shot('neck'), shot('zoom')))).toBe(undefined)
    expect(impliedShots(image(shot('neck', approved)))).toBe(undefined)
  })

  it('leads to the next undecided shot, and starts over at the end', () => {
    const some = image(shot('neck'), shot('sleeve', approved), shot('zoom'), absent)
    expect(nextUndecided(some, 'neck')).toBe('zoom')
    expect(nextUndecided(some, 'zoom')).toBe('neck')
  })
})

describe('undo', () => {
  it('removes decisions on shots that had none', () =>
    expect(undoOf(image(shot('neck'), shot('zoom'), absent), { verdict: 'approved' })).toEqual([
      { verdict: 'none', shots: ['neck', 'zoom'] },
    ]))

  it('restores an earlier decision with its reason', () => {
    const was: Verdict = { verdict: 'rejected', reason: 'hidden', at: NOW, first: 'rejected' }
    expect(
      undoOf(image(shot('neck', was), shot('zoom')), { verdict: 'approved', shots: ['neck'] }),
    ).toEqual([{ verdict: 'rejected', reason: 'hidden', shots: ['neck'] }])
  })
})
